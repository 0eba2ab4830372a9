// What is shown now, and how it changes.
const current = {fn: null, entry: null, selected: null, tab: 'graph', colour: 'family', stepLines: [], blocks: [], hits: []};

function colourKeys() {
  const {key} = colourings[current.colour];
  return [...new Set(current.entry.steps.map(key))].sort((a, b) => a < b ? -1 : a > b ? 1 : 0);
}
function colourOf(step, keys) {
  const value = colourings[current.colour].key(step);
  if (current.colour === 'time')
    return current.entry.slowest ? heat(Math.sqrt(value / current.entry.slowest)) : palette[0];
  return palette[keys.indexOf(value) % palette.length];
}
const swatch = (colouring, key) => {
  const mark = html('span', {class: 'swatch'});
  if (current.colour === colouring)
    mark.style.background = palette[colourKeys().indexOf(key) % palette.length];
  else
    mark.style.display = 'none';
  return mark;
};

function paint() {
  const {entry} = current, keys = colourKeys();
  entry.steps.forEach((step, index) => {
    const colour = colourOf(step, keys);
    for (const part of drawing.nodes[index].querySelectorAll('.strip, .tint, .share'))
      part.setAttribute('fill', colour);
    drawing.marks[index].setAttribute('fill', colour);
  });
  for (const {block, buffer} of current.blocks)
    if (entry.steps[buffer.first_use])
      block.setAttribute('fill', colourOf(entry.steps[buffer.first_use], keys));
  const {key, name} = colourings[current.colour];
  const share = part => {
    const steps = entry.steps.filter(step => key(step) === part), time = steps.reduce((all, step) => all + (timeOf(step) || 0), 0);
    return '  ' + steps.length + (time ? ' \u00b7 ' + timeText(time) : '');
  };
  byId('legend').replaceChildren(...(name
    ? keys.map(part => html('li', {}, swatch(current.colour, part), name(part), html('span', {class: 'count'}, share(part))))
    : [1, .5, .1, 0].map(part => {
      const mark = html('span', {class: 'swatch'});
      mark.style.background = heat(Math.sqrt(part));
      return html('li', {}, mark, timeText(part * entry.slowest));
    })));
}

function select(index, isJump) {
  current.selected = index;
  const {entry} = current;
  drawing.nodes.forEach((group, i) => group.classList.toggle('selected', i === index));
  drawing.edges.forEach((edge, i) => {
    const [from, to] = entry.graph.edges[i];
    edge.classList.toggle('into', index !== null && to === index);
    edge.classList.toggle('from', index !== null && from === index);
  });
  current.stepLines.forEach((line, i) => line.classList.toggle('selected', i === index));
  for (const {block, buffer} of current.blocks)
    block.classList.toggle('selected', index !== null && index < entry.steps.length &&
      entry.steps[index].arguments.some(argument => entry.buffers[argument.buffer].root === buffer.id));
  if (index !== null && current.tab === 'graph' && (isJump || !isInSight(index)))
    centre(index);
  if (index !== null && isJump && current.tab === 'steps' && current.stepLines[index])
    current.stepLines[index].scrollIntoView({block: 'nearest'});
  drawDetails();
  remember();
}

function search(text) {
  byId('search').value = text;
  const words = text.toLowerCase().split(/\s+/).filter(word => word), {entry} = current;
  const isHit = step => words.every(word => step.text.includes(word));
  current.hits = words.length ? entry.steps.filter(isHit).map(step => step.index) : [];
  const hits = new Set(current.hits);
  drawing.nodes.forEach((group, i) => {
    group.classList.toggle('hit', hits.has(i));
    group.classList.toggle('miss', words.length > 0 && !hits.has(i));
  });
  current.stepLines.forEach((line, i) => line.classList.toggle('miss', words.length > 0 && !hits.has(i)));
  for (const {block, buffer} of current.blocks)
    block.classList.toggle('miss', words.length > 0 && !hits.has(buffer.first_use));
  byId('found').textContent = words.length ? hits.size + ' of ' + entry.steps.length : '';
  remember();
}

// Enter goes from hit to hit.
function nextHit(isBack) {
  if (!current.hits.length)
    return;
  const order = isBack ? [...current.hits].reverse() : current.hits;
  const after = order.find(index => current.selected === null || (isBack ? index < current.selected : index > current.selected));
  select(after === undefined ? order[0] : after, true);
}

function showTab(tab) {
  current.tab = tab;
  for (const button of document.querySelectorAll('[data-tab]'))
    button.setAttribute('aria-selected', button.dataset.tab === tab);
  for (const view of document.querySelectorAll('.view'))
    view.classList.toggle('shown', view.id === tab);
  if (tab === 'memory' && current.entry)
    drawMemory();
  if (tab === 'graph' && current.entry)
    current.selected !== null && !isInSight(current.selected) ? centre(current.selected) : applyCamera();
  remember();
}

function showEntry(index) {
  Object.assign(current, {fn: entries[index].fn, entry: entries[index].entry, selected: null});
  const {entry} = current, ways = byId('colour');
  const isTimed = entry.slowest > 0;
  ways.replaceChildren(...Object.entries(colourings).filter(([way]) => way !== 'time' || isTimed)
    .map(([way, {title}]) => html('option', {value: way}, title)));
  current.colour = entry.stages.length > 1 ? 'stage' : 'family';
  ways.value = current.colour;
  drawGraph();
  drawSteps();
  drawMemory();
  drawKernels();
  paint();
  fit(false);
  search('');
  drawDetails();
  drawFacts();
}

function drawFacts() {
  const {entry} = current, weights = sum(plan.segments.filter(segment => segment.kind === 'weights'), 'size');
  const measured = sum(entry.steps, 'measured_us');
  const items = [[bytesText(plan.file_bytes), 'file'], [bytesText(weights), 'weights'],
    [entry.is_open ? 'open' : bytesText(entry.arenas.reduce((a, b) => a + b, 0)), 'arena'],
    [entry.steps.length, entry.steps.length === 1 ? 'step' : 'steps'], [plan.kernels.length, plan.kernels.length === 1 ? 'kernel' : 'kernels'],
    [entry.stages.length, entry.stages.length === 1 ? 'stage' : 'stages'], ...(measured ? [[timeText(measured), 'measured']] : [])];
  byId('facts').replaceChildren(...items.map(([value, name]) => html('span', {}, html('b', {}, String(value)), ' ' + name)));
}

// The address holds what is shown: #tab=steps&step=3&q=softmax
function remember() {
  if (!current.isReady)
    return;
  const state = new URLSearchParams();
  if (current.tab !== 'graph')
    state.set('tab', current.tab);
  if (current.selected !== null)
    state.set('node', current.selected);
  if (byId('search').value)
    state.set('q', byId('search').value);
  history.replaceState(null, '', '#' + state);
}
function recall() {
  const state = new URLSearchParams(location.hash.slice(1)), node = Number.parseInt(state.get('node'), 10);
  showTab(byId(state.get('tab') || '') && document.querySelector('[data-tab="' + CSS.escape(state.get('tab')) + '"]') ? state.get('tab') : 'graph');
  search(state.get('q') || '');
  if (Object.hasOwn(colourings, state.get('colour') || ''))
    setColour(state.get('colour'));
  if (node >= 0 && node < current.entry.nodeCount)
    select(node, true);
}
function setColour(way) {
  current.colour = way;
  byId('colour').value = way;
  paint();
  drawDetails();
}

function listenToKeys(event) {
  const isTyping = event.target === byId('search');
  if (event.key === 'Escape') {
    search('');
    select(null);
    byId('search').blur();
  } else if (isTyping && event.key === 'Enter') {
    nextHit(event.shiftKey);
  } else if (!isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const canvas = byId('canvas'), x = canvas.clientWidth / 2, y = canvas.clientHeight / 2;
    const action = {'/': () => byId('search').focus(), '+': () => zoomBy(1.3, x, y), '-': () => zoomBy(1 / 1.3, x, y),
      '0': () => fit(true)}[event.key];
    if (action) {
      event.preventDefault();
      action();
    }
  }
}

function start() {
  byId('file').textContent = plan.file;
  if (!entries.length) {
    byId('details').append(html('h2', {}, 'The plan has no entries'));
    return;
  }
  byId('entry').append(...entries.map(({label}, index) => html('option', {value: index}, label)));
  byId('entry-label').hidden = entries.length === 1;
  byId('entry').addEventListener('change', event => showEntry(Number(event.target.value)));
  byId('colour').addEventListener('change', event => setColour(event.target.value));
  byId('search').addEventListener('input', event => search(event.target.value));
  for (const button of document.querySelectorAll('[data-tab]'))
    button.addEventListener('click', () => showTab(button.dataset.tab));
  document.addEventListener('keydown', listenToKeys);
  listenToGraph();
  showTab('graph');
  showEntry(0);
  recall();
  current.isReady = true;
  window.addEventListener('resize', () => current.tab === 'graph' && applyCamera());
}
start();
