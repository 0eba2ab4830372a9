// The other views: steps and kernels as tables, the arena over time.

// A table sorted by clicks on its heads. A column is {title, cell(row) -> text or node, value(row) -> what to sort by,
// number, code, wide}.
function sortedTable(columns, rows, decorate) {
  const body = html('tbody'), lines = rows.map(row => {
    const line = html('tr', {}, ...columns.map(column =>
      html('td', {class: column.number ? 'number' : column.code ? 'code' : column.wide ? 'wide' : null}, column.cell(row))));
    decorate(line, row);
    return line;
  });
  body.append(...lines);
  const heads = columns.map((column, index) => {
    const head = html('th', {class: 'sortable' + (column.number ? ' number' : ''), scope: 'col', tabindex: 0}, column.title);
    const sort = () => {
      const isUp = head.getAttribute('aria-sort') === (column.number ? 'descending' : 'ascending');
      const goesUp = column.number ? isUp : !isUp;
      heads.forEach(other => other.removeAttribute('aria-sort'));
      head.setAttribute('aria-sort', goesUp ? 'ascending' : 'descending');
      const value = columns[index].value || columns[index].cell;
      const order = rows.map((row, at) => [value(row), at]).sort(([a, i], [b, j]) =>
        (a < b ? -1 : a > b ? 1 : 0) * (goesUp ? 1 : -1) || i - j);
      body.append(...order.map(([, at]) => lines[at]));
    };
    head.addEventListener('click', sort);
    head.addEventListener('keydown', event => event.key === 'Enter' && sort());
    return head;
  });
  return {table: html('table', {}, html('thead', {}, html('tr', {}, ...heads)), body), lines};
}

const numberOf = value => isNumber(value) ? value : -1;

function stepColumns(entry) {
  const columns = [
    {title: 'Step', number: true, cell: step => String(step.index), value: step => step.index},
    {title: 'Nodes', wide: true, cell: step => step.name || step.kind},
    {title: 'Family', cell: familyOf},
    {title: 'Result', code: true, cell: step => step.type},
    {title: 'Work', number: true, cell: step => amountText(step, 'flops', flopsText), value: step => numberOf(step.flops)},
    {title: 'Traffic', number: true, cell: step => amountText(step, 'bytes', bytesText), value: step => numberOf(step.bytes)},
    {title: 'Weights', number: true, cell: step => step.weight_bytes ? bytesText(step.weight_bytes) : '\u2013',
      value: step => step.weight_bytes},
  ];
  const time = (title, key) => columns.push({title, number: true,
    cell: step => isNumber(step[key]) ? timeText(step[key]) : '\u2013', value: step => numberOf(step[key])});
  if (entry.stages.length > 1)
    columns.splice(1, 0, {title: 'Stage', number: true, cell: step => String(step.stage), value: step => step.stage});
  if (entry.steps.some(step => isNumber(step.predicted)))
    time('Predicted', 'predicted');
  if (entry.steps.some(step => isNumber(step.measured_us))) {
    const total = sum(entry.steps, 'measured_us');
    time('Measured', 'measured_us');
    columns.push({title: 'Share', number: true, value: step => numberOf(step.measured_us),
      cell: step => isNumber(step.measured_us) && total ? (100 * step.measured_us / total).toFixed(1) + ' %' : '\u2013'});
  }
  return columns;
}

function drawSteps() {
  const {entry} = current;
  const {table, lines} = sortedTable(stepColumns(entry), entry.steps, (line, step) => {
    line.classList.add('pick');
    line.addEventListener('click', () => select(step.index));
  });
  current.stepLines = lines;
  byId('steps').replaceChildren(table);
}

function drawKernels() {
  const uses = plan.kernels.map(() => ({count: 0, time: 0}));
  for (const step of current.entry.steps)
    if (step.kernel !== undefined) {
      ++uses[step.kernel].count;
      uses[step.kernel].time += timeOf(step) || 0;
    }
  const rows = plan.kernels.map((kernel, index) => ({...kernel, index, ...uses[index]}));
  const {table} = sortedTable([
    {title: 'Kernel', number: true, cell: row => String(row.index), value: row => row.index},
    {title: 'Name', code: true, cell: row => row.name},
    {title: 'Target', cell: row => row.target},
    {title: 'Family', cell: row => row.family},
    {title: 'Levels', cell: row => row.levels.join(', ')},
    {title: 'Scratch', number: true, cell: row => row.scratch ? bytesText(row.scratch) : '\u2013', value: row => row.scratch},
    {title: 'Steps', number: true, cell: row => String(row.count), value: row => row.count},
    {title: 'Time', number: true, cell: row => row.time ? timeText(row.time) : '\u2013', value: row => row.time},
  ], rows, (line, row) => {
    line.classList.add('pick');
    line.addEventListener('click', () => search(row.name));
  });
  byId('kernels').replaceChildren(table);
}

// Arena buffers: across, the steps in which they live; down, where they lie, or one below the other if that is not known.
function drawMemory() {
  const {entry} = current, view = byId('memory');
  const roots = entry.buffers.map((buffer, index) => ({...buffer, id: index}))
    .filter(buffer => buffer.place === 'arena' && buffer.root === buffer.id);
  current.blocks = [];
  if (!roots.length)
    return view.replaceChildren(html('p', {class: 'pad hint'}, 'This entry uses no arena: nothing lives between steps.'));
  const total = entry.is_open ? 0 : entry.arenas.reduce((a, b) => a + b, 0);
  const isPlaced = total > 0, left = isPlaced ? 78 : 130, top = 34, row = 15;
  const width = Math.max(600, view.clientWidth - left - 60, entry.steps.length * 9), height = isPlaced ? Math.max(300, view.clientHeight - 110) : roots.length * row;
  const stepX = step => left + step / entry.steps.length * width;
  const chart = svg('svg', {class: 'chart', width: left + width + 30, height: top + height + 24});
  const every = Math.ceil(entry.steps.length / (width / 60));
  for (let step = 0; step < entry.steps.length; step += every)
    chart.append(svg('line', {class: 'axis', x1: stepX(step), x2: stepX(step), y1: top - 6, y2: top + height}),
      svg('text', {x: stepX(step) + 2, y: top - 10}, String(step)));
  if (isPlaced)
    for (let part = 0; part <= 4; ++part)
      chart.append(svg('line', {class: 'axis', x1: left, x2: left + width, y1: top + height * part / 4, y2: top + height * part / 4}),
        svg('text', {x: left - 6, y: top + height * part / 4 + 4, 'text-anchor': 'end'}, bytesText(total * part / 4)));
  roots.forEach((buffer, index) => {
    const y = isPlaced ? top + height * buffer.offset / total : top + index * row;
    const block = svg('rect', {class: 'block', x: stepX(buffer.first_use), y,
      width: Math.max(2, stepX(buffer.last_use + 1) - stepX(buffer.first_use)),
      height: isPlaced ? Math.max(1, height * (buffer.size || 0) / total) : row - 3},
      svg('title', {}, 'buffer ' + buffer.id + '  ' + typeText(buffer) + '\n' + amountText(buffer, 'size', bytesText) +
        (isPlaced ? ' at ' + buffer.offset : '') + ', steps ' + buffer.first_use + ' to ' + buffer.last_use));
    block.addEventListener('click', () => select(buffer.first_use));
    current.blocks.push({block, buffer});
    chart.append(block);
    const room = block.getAttribute('width') - 8, writer = entry.steps[buffer.first_use];
    if (writer && room > 50 && block.getAttribute('height') >= 12)
      chart.append(svg('text', {class: 'label', x: stepX(buffer.first_use) + 4, y: y + 10},
        fitText(shortName(writer), softFont, room)));
    if (!isPlaced)
      chart.append(svg('text', {x: left - 6, y: y + 10, 'text-anchor': 'end'}, fitText(amountText(buffer, 'size', bytesText), softFont, left - 24)));
  });
  view.replaceChildren(html('div', {class: 'pad'},
    html('p', {class: 'hint'}, isPlaced
      ? 'The arena of ' + bytesText(total) + ': across, the steps during which a buffer lives; down, where it lies. Click for the step that writes it first.'
      : 'Sizes are open: the arena is laid out when a context is made. Across, the steps during which a buffer lives. Click for the step that writes it first.'), chart));
  paint();
  select(current.selected);
}
