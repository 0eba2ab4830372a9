// The panel at the side: the selected node, or the plan as a whole.

const facts = pairs => html('dl', {}, ...pairs.filter(([, value]) => value !== null && value !== undefined && value !== '')
  .flatMap(([key, value, isCode]) => [html('dt', {}, key), html('dd', {class: isCode ? 'code' : null}, value)]));
const heading = text => html('h3', {}, text);

function nodeTitle(index) {
  const {entry, fn} = current, count = entry.steps.length;
  if (index < count)
    return index + '  ' + shortName(entry.steps[index]);
  return index < count + fn.inputs.length ? 'input ' + fn.inputs[index - count].name
                                          : 'output ' + fn.outputs[index - count - fn.inputs.length].name;
}

function links(edges, end) {
  const {entry} = current;
  return html('div', {class: 'links'}, ...edges.map(index => {
    const [from, to, buffer] = entry.graph.edges[index];
    const other = end === 0 ? from : to;
    const button = html('button', {title: nodeTitle(other)}, nodeTitle(other) + '   ' + typeText(entry.buffers[buffer]));
    button.addEventListener('click', () => select(other, true));
    return button;
  }));
}

function neighbours(index) {
  const {entry} = current, parts = [];
  if (entry.into[index].length)
    parts.push(heading('Reads from'), links(entry.into[index], 0));
  if (entry.from[index].length)
    parts.push(heading('Read by'), links(entry.from[index], 1));
  return parts;
}

function argumentTable(step) {
  const {entry} = current;
  return html('table', {}, html('tbody', {}, ...step.arguments.map(({buffer: id, access}) => {
    const buffer = entry.buffers[id], root = entry.buffers[buffer.root];
    const place = buffer.root === id ? root.place : root.place + ' (view of ' + buffer.root + ')';
    return html('tr', {}, html('td', {}, access), html('td', {class: 'code'}, typeText(buffer)), html('td', {}, place),
      html('td', {class: 'number'}, amountText(buffer, 'size', bytesText)));
  })));
}

function timeFacts(step) {
  const unit = current.entry.units[step.unit], time = step.measured_us;
  const rate = (amount, unitName) => isNumber(amount) && amount > 0 && time > 0 ? (amount / time / 1e3).toFixed(1) + ' ' + unitName : null;
  return [
    ['measured', isNumber(time) ? timeText(time) : null],
    ['predicted', isNumber(step.predicted) ? timeText(step.predicted) : null],
    ['predicted, whole unit', !isNumber(step.predicted) && unit && isNumber(unit.predicted_us) ? timeText(unit.predicted_us) : null],
    ['speed', rate(step.flops, 'GFLOP/s')],
    ['bandwidth', rate(step.bytes, 'GB/s')],
  ];
}

function stepDetails(step) {
  const {entry} = current, kernel = kernelOf(step), unit = entry.units[step.unit];
  return [
    html('h2', {}, 'Step ' + step.index + ': ' + shortName(step)),
    html('ul', {class: 'names'}, ...nodeNames(step).map(name => html('li', {}, name))),
    facts([
      ['kernel', kernel ? kernel.name : step.kind, true],
      ['family', kernel ? kernel.family : null],
      ['levels', kernel ? kernel.levels.join(', ') : null],
      ['stage', String(step.stage)],
      ['unit', unit ? step.unit + ' (steps ' + unit.first_step + ' to ' + (unit.first_step + unit.num_steps - 1) + ')' : null],
      ['work', amountText(step, 'flops', flopsText)],
      ['traffic', amountText(step, 'bytes', bytesText)],
      ['weights', step.weight_bytes ? bytesText(step.weight_bytes) : null],
      ...timeFacts(step),
      ['tiles', step.grid.join(' \u00d7 '), true],
      ['sizes', step.dims.join(', '), true],
      ['scratch per thread', kernel && kernel.scratch ? bytesText(kernel.scratch) : null],
    ]),
    heading('Buffers'), argumentTable(step), ...neighbours(step.index),
  ];
}

function tensorDetails(index) {
  const {entry, fn} = current, at = index - entry.steps.length;
  const tensor = at < fn.inputs.length ? fn.inputs[at] : fn.outputs[at - fn.inputs.length];
  return [html('h2', {}, (at < fn.inputs.length ? 'Input ' : 'Output ') + tensor.name),
    facts([['type', typeText(tensor), true]]), ...neighbours(index)];
}

function stageTable(entry) {
  const rows = entry.stages.map(stage => {
    const units = entry.units.filter(unit => unit.stage === stage), steps = entry.steps.filter(step => step.stage === stage);
    const predicted = sum(units, 'predicted_us'), measured = sum(steps, 'measured_us');
    return [html('span', {}, swatch('stage', stage), String(stage)), String(steps.length), bytesText(sum(units, 'weight_bytes')),
      predicted ? timeText(predicted) : '\u2013', measured ? timeText(measured) : '\u2013',
      units.length && units[units.length - 1].sent_bytes ? bytesText(units[units.length - 1].sent_bytes) : '\u2013'];
  });
  const head = ['stage', 'steps', 'weights', 'predicted', 'measured', 'sends'];
  return html('table', {}, html('thead', {}, html('tr', {}, ...head.map((text, i) => html('th', {class: i ? 'number' : null}, text)))),
    html('tbody', {}, ...rows.map(row => html('tr', {}, ...row.map((cell, i) => html('td', {class: i ? 'number' : null}, cell))))));
}

function slowestSteps(entry) {
  const steps = entry.steps.filter(step => timeOf(step) > 0).sort((a, b) => timeOf(b) - timeOf(a)).slice(0, 10);
  if (!steps.length)
    return [];
  return [heading('Slowest steps'), html('div', {class: 'links'}, ...steps.map(step => {
    const button = html('button', {title: step.name}, timeText(timeOf(step)) + '   ' + nodeTitle(step.index));
    button.addEventListener('click', () => select(step.index, true));
    return button;
  }))];
}

function planDetails() {
  const {entry, fn} = current, all = key => sum(entry.steps, key);
  const measured = all('measured_us'), predicted = sum(entry.units, 'predicted_us');
  const tensors = list => html('table', {}, html('tbody', {}, ...list.map(tensor =>
    html('tr', {}, html('td', {}, tensor.name), html('td', {class: 'code'}, typeText(tensor))))));
  return [
    html('h2', {}, 'The plan'),
    facts([
      ['sha256', plan.digest, true],
      ['format', plan.format],
      ['made by', plan.producer],
      ['needs runtime', plan.min_runtime],
      ['devices', plan.devices.join(', ')],
      ['measured', measured ? timeText(measured) : null],
      ['predicted', predicted ? timeText(predicted) : null],
      ...plan.metadata.map(({key, value}) => [key, value]),
    ]),
    ...slowestSteps(entry),
    heading('Stages'), stageTable(entry),
    heading('Inputs'), tensors(fn.inputs), heading('Outputs'), tensors(fn.outputs),
    ...(fn.symbols.length ? [heading('Symbols'), facts(fn.symbols.map(symbol => [symbol.name,
      symbol.min + ' to ' + (symbol.max === null ? 'any' : symbol.max) + (symbol.kind === 'data' ? ', computed' : '')]))] : []),
    heading('Segments'),
    facts(plan.segments.map(segment => [segment.kind + ' ' + segment.level, bytesText(segment.size)])),
    html('p', {class: 'hint'}, 'Click a node for its kernel, sizes, times and buffers. Drag or scroll to move, Ctrl + scroll to zoom.'),
  ];
}

function drawDetails() {
  const {entry, selected} = current;
  byId('details').replaceChildren(...(selected === null ? planDetails()
    : selected < entry.steps.length ? stepDetails(entry.steps[selected]) : tensorDetails(selected)));
  byId('details').scrollTop = 0;
}
