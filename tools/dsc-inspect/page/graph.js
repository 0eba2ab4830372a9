// The drawing: nodes where the plan's layout puts them, edges along its lanes; pan, zoom and an overview.
const node = {width: 236, height: 60, pitchX: 258, pitchY: 92};
const titleFont = '600 12px', softFont = '11px';
const camera = {k: 1, x: 0, y: 0};
const drawing = {root: null, nodes: [], edges: [], width: 0, height: 0};

const nodeX = (entry, index) => entry.graph.x[index] * node.pitchX;
const layerY = layer => layer * node.pitchY;

function edgePath(entry, [from, to]) {
  const {layers, lanes} = entry.graph;
  let x = nodeX(entry, from), y = layerY(layers[from]) + boxHeight(entry, from);
  let path = 'M' + x + ' ' + y;
  const bend = (toX, toY) => {
    const half = (y + toY) / 2;
    path += 'C' + x + ' ' + half + ' ' + toX + ' ' + half + ' ' + toX + ' ' + toY;
    x = toX;
    y = toY;
  };
  for (let layer = layers[from] + 1; layer < layers[to] && lanes[from].length; ++layer) {
    bend(lanes[from][layer - layers[from] - 1] * node.pitchX, layerY(layer));
    y = layerY(layer) + node.height;
    path += 'V' + y;
  }
  bend(nodeX(entry, to), layerY(layers[to]) + boxTop(entry, to));
  return path;
}
// Inputs and outputs are lower than steps: inputs sit at the bottom of their layer, outputs at its top.
const isStep = (entry, index) => index < entry.steps.length;
const boxTop = (entry, index) => isStep(entry, index) || index >= entry.nodeCount - current.fn.outputs.length ? 0 : node.height - 34;
const boxHeight = (entry, index) =>
  isStep(entry, index) || boxTop(entry, index) ? node.height : 34;

function drawStep(entry, step) {
  const time = timeOf(step), room = node.width - 26;
  const facts = isNumber(step.measured_us) ? [timeText(step.measured_us)] : [];
  if (isNumber(step.predicted))
    facts.push('predicted ' + timeText(step.predicted));
  if (step.weight_bytes)
    facts.push(bytesText(step.weight_bytes) + ' weights');
  if (!facts.length)
    facts.push(amountText(step, 'bytes', bytesText));
  const group = svg('g', {class: 'node', tabindex: 0, role: 'button', 'aria-label': 'step ' + step.index + ' ' + step.name},
    svg('title', {}, step.name || step.kind),
    svg('rect', {class: 'box', width: node.width, height: node.height, rx: 7}),
    svg('rect', {class: 'tint', width: node.width, height: node.height, rx: 7, 'fill-opacity': .13, 'pointer-events': 'none'}),
    svg('rect', {class: 'strip', width: 6, height: node.height - 12, x: 5, y: 6, rx: 3}),
    svg('text', {class: 'title', x: 18, y: 18}, fitText(shortName(step), titleFont, room - (entry.stages.length > 1 ? 24 : 0))),
    svg('text', {class: 'soft', x: 18, y: 34}, fitText(familyOf(step) + '   ' + step.type, softFont, room)),
    svg('text', {class: 'soft', x: 18, y: 50}, fitText(facts.join(', '), softFont, room)));
  if (entry.stages.length > 1)
    group.append(svg('text', {class: 'soft', x: node.width - 8, y: 18, 'text-anchor': 'end'}, 'S' + step.stage));
  if (time && entry.slowest)
    group.append(svg('rect', {class: 'track', x: 18, y: node.height - 5, width: node.width - 26, height: 2.5, rx: 1}),
      svg('rect', {class: 'share', x: 18, y: node.height - 5, height: 2.5, rx: 1,
        width: Math.max(1.5, (node.width - 26) * time / entry.slowest)}));
  return group;
}

function drawTensor(tensor, what) {
  return svg('g', {class: 'node', tabindex: 0, role: 'button', 'aria-label': what + ' ' + tensor.name},
    svg('title', {}, what + ' ' + tensor.name),
    svg('rect', {class: 'box', width: node.width, height: 34, rx: 17}),
    svg('text', {class: 'title', x: node.width / 2, y: 14, 'text-anchor': 'middle'}, fitText(tensor.name, titleFont, node.width - 30)),
    svg('text', {class: 'soft', x: node.width / 2, y: 27, 'text-anchor': 'middle'}, fitText(what + '  ' + typeText(tensor), softFont, node.width - 30)));
}

function drawGraph() {
  const {entry, fn} = current, canvas = byId('canvas');
  canvas.replaceChildren();
  drawing.edges = entry.graph.edges.map(edge => svg('path', {class: 'edge', d: edgePath(entry, edge)}));
  drawing.nodes = entry.steps.map(step => drawStep(entry, step));
  fn.inputs.forEach(tensor => drawing.nodes.push(drawTensor(tensor, 'input')));
  fn.outputs.forEach(tensor => drawing.nodes.push(drawTensor(tensor, 'output')));
  drawing.nodes.forEach((group, index) => {
    const x = nodeX(entry, index) - node.width / 2, y = layerY(entry.graph.layers[index]) + boxTop(entry, index);
    group.setAttribute('transform', 'translate(' + x + ' ' + y + ')');
    group.addEventListener('click', () => select(index));
    group.addEventListener('keydown', event => {
      if (event.key === 'Enter' || event.key === ' ')
        select(index);
    });
  });
  drawing.root = svg('g', {}, ...drawing.edges, ...drawing.nodes);
  canvas.append(drawing.root);
  const most = values => values.reduce((a, b) => Math.max(a, b), 0);
  drawing.left = -node.width / 2;
  drawing.width = most(entry.graph.x) * node.pitchX + node.width;
  drawing.height = most(entry.graph.layers) * node.pitchY + node.height;
  drawMap();
}

// The whole graph, small, with the part in sight.
function drawMap() {
  const {entry} = current, map = byId('map');
  map.replaceChildren();
  map.setAttribute('viewBox', [drawing.left - 40, -40, drawing.width + 80, drawing.height + 80].join(' '));
  map.setAttribute('preserveAspectRatio', 'none');
  drawing.marks = entry.steps.map((step, index) => svg('rect', {width: node.width, height: node.height,
    x: nodeX(entry, index) - node.width / 2, y: layerY(entry.graph.layers[index])}));
  drawing.window = svg('rect', {class: 'window'});
  map.append(...drawing.marks, drawing.window);
}

function applyCamera() {
  drawing.root.setAttribute('transform', 'translate(' + camera.x + ' ' + camera.y + ') scale(' + camera.k + ')');
  drawing.root.classList.toggle('far', camera.k < .3);
  const {clientWidth, clientHeight} = byId('canvas');
  const top = -camera.y / camera.k, height = clientHeight / camera.k;
  for (const [key, value] of Object.entries({x: -camera.x / camera.k, y: top, width: clientWidth / camera.k, height}))
    drawing.window.setAttribute(key, value);
  const isAllSeen = drawing.height * camera.k <= clientHeight;
  byId('map').style.display = isAllSeen ? 'none' : 'block';
  byId('map').style.height = Math.min(clientHeight - 20, Math.max(120, drawing.height / 12)) + 'px';
}

function zoomBy(factor, x, y) {
  const k = Math.min(3, Math.max(.02, camera.k * factor));
  camera.x = x - (x - camera.x) * k / camera.k;
  camera.y = y - (y - camera.y) * k / camera.k;
  camera.k = k;
  applyCamera();
}

// The widest layer and the top, or all of it.
function fit(isAll) {
  const {clientWidth, clientHeight} = byId('canvas');
  const mapRoom = 90, legendRoom = 30;
  camera.k = Math.min(1, (clientWidth - mapRoom - legendRoom) / drawing.width);
  if (isAll)
    camera.k = Math.min(camera.k, (clientHeight - 40) / drawing.height);
  else
    camera.k = Math.max(camera.k, .45);
  camera.x = (clientWidth - mapRoom + legendRoom - drawing.width * camera.k) / 2 - drawing.left * camera.k;
  camera.y = Math.max(20, isAll ? (clientHeight - drawing.height * camera.k) / 2 : 20);
  applyCamera();
}

function centre(index) {
  const {clientWidth, clientHeight} = byId('canvas'), {entry} = current;
  camera.k = Math.max(camera.k, .6);
  camera.x = clientWidth / 2 - nodeX(entry, index) * camera.k;
  camera.y = clientHeight / 2 - (layerY(entry.graph.layers[index]) + node.height / 2) * camera.k;
  applyCamera();
}

function isInSight(index) {
  const {clientWidth, clientHeight} = byId('canvas'), {entry} = current;
  const x = nodeX(entry, index) * camera.k + camera.x, y = layerY(entry.graph.layers[index]) * camera.k + camera.y;
  return x > 60 && x < clientWidth - 60 && y > 0 && y < clientHeight - 60;
}

function listenToGraph() {
  const canvas = byId('canvas');
  canvas.addEventListener('wheel', event => {
    event.preventDefault();
    const box = canvas.getBoundingClientRect();
    const scale = event.deltaMode === 1 ? 16 : 1;
    if (event.ctrlKey || event.metaKey)
      return zoomBy(Math.exp(-event.deltaY * scale * .004), event.clientX - box.left, event.clientY - box.top);
    camera.x -= (event.shiftKey ? event.deltaY : event.deltaX) * scale;
    camera.y -= event.shiftKey ? 0 : event.deltaY * scale;
    applyCamera();
  }, {passive: false});
  let drag = null, wasDragged = false;
  canvas.addEventListener('pointerdown', event => {
    drag = {x: event.clientX, y: event.clientY, moved: false};
    wasDragged = false;
  });
  window.addEventListener('pointermove', event => {
    if (!drag)
      return;
    const dx = event.clientX - drag.x, dy = event.clientY - drag.y;
    if (!drag.moved && Math.hypot(dx, dy) < 4)
      return;
    drag = {x: event.clientX, y: event.clientY, moved: true};
    wasDragged = true;
    canvas.classList.add('dragging');
    camera.x += dx;
    camera.y += dy;
    applyCamera();
  });
  window.addEventListener('pointerup', () => {
    drag = null;
    canvas.classList.remove('dragging');
  });
  // The click that ends a drag is none.
  canvas.addEventListener('click', event => wasDragged && event.stopPropagation(), true);
  canvas.addEventListener('click', event => event.target === canvas && select(null));
  const jump = event => {
    const box = byId('map').getBoundingClientRect();
    camera.y = byId('canvas').clientHeight / 2 - ((event.clientY - box.top) / box.height * (drawing.height + 80) - 40) * camera.k;
    applyCamera();
  };
  byId('map').addEventListener('pointerdown', jump);
  byId('map').addEventListener('pointermove', event => event.buttons && jump(event));
  for (const button of document.querySelectorAll('[data-zoom]'))
    button.addEventListener('click', () => {
      const x = canvas.clientWidth / 2, y = canvas.clientHeight / 2;
      button.dataset.zoom === 'fit' ? fit(true) : zoomBy(button.dataset.zoom === 'in' ? 1.3 : 1 / 1.3, x, y);
    });
}
