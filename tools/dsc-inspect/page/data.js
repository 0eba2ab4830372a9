'use strict';
// The plan, and what every view needs of it: numbers for people, elements, colours. Names come from the model: they only
// ever become text nodes and attribute values, never markup.
const plan = JSON.parse(document.getElementById('plan').textContent);
const byId = id => document.getElementById(id);

function fill(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes || {}))
    if (value !== null && value !== undefined)
      node.setAttribute(key, value);
  node.append(...children.filter(child => child !== null && child !== undefined));
  return node;
}
const html = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
const svg = (tag, attributes, ...children) =>
  fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);

// Three digits that matter; what cannot be divided has no fraction.
const digitsOf = value => value >= 100 ? 0 : value >= 10 ? 1 : 2;
function scaled(value, units, base) {
  let index = 0;
  while (value >= base && index < units.length - 1) {
    value /= base;
    ++index;
  }
  return value.toFixed(index ? digitsOf(value) : 0) + ' ' + units[index];
}
const isNumber = value => typeof value === 'number';
const bytesText = bytes => scaled(bytes, ['B', 'KB', 'MB', 'GB', 'TB'], 1000);
const flopsText = flops => scaled(flops, ['FLOP', 'kFLOP', 'MFLOP', 'GFLOP', 'TFLOP'], 1000);
function timeText(us) {
  const [value, unit] = us < 1e3 ? [us, '\u00b5s'] : us < 1e6 ? [us / 1e3, 'ms'] : [us / 1e6, 's'];
  return value.toFixed(digitsOf(value)) + ' ' + unit;
}
// Long numbers in a formula are rounded: "2.36M + batch*786k".
const formulaText = formula => formula.replace(/\b\d{5,}\b/g, digits => scaled(Number(digits), ['', 'k', 'M', 'G', 'T'], 1000).replace(' ', ''));
// A number, else its formula, else a dash.
const amountText = (item, key, format) =>
  isNumber(item[key]) ? format(item[key]) : item[key + '_formula'] ? formulaText(item[key + '_formula']) + (format === bytesText ? ' B' : '') : '\u2013';
const typeText = tensor => tensor.dtype + '[' + tensor.shape.join(',') + ']';
const cut = (text, length) => text.length <= length ? text : text.slice(0, length - 1) + '\u2026';
// As much of a text as fits into so many pixels.
const pen = document.createElement('canvas').getContext('2d');
function fitText(text, font, width) {
  pen.font = font + ' ' + getComputedStyle(document.body).fontFamily;
  if (pen.measureText(text).width <= width)
    return text;
  let length = Math.min(text.length, 200);
  while (length > 1 && pen.measureText(cut(text, length)).width > width)
    --length;
  return cut(text, length);
}

// "/a/b/MatMul_1 + /a/b/Add_2" is "MatMul_1 + Add_2".
const nodeNames = step => step.name ? step.name.split(' + ') : [];
const shortName = step =>
  nodeNames(step).map(name => name.slice(name.lastIndexOf('/') + 1) || name).join(' + ') || step.kind;
const kernelOf = step => step.kernel === undefined ? null : plan.kernels[step.kernel];
const familyOf = step => kernelOf(step) ? kernelOf(step).family || 'other' : step.kind;

const entries = [];
for (const fn of plan.functions)
  for (const variant of fn.variants)
    for (const entry of variant.entries) {
      const bounds = Object.entries(entry.bounds).map(([name, bound]) => name + (bound === null ? ' open' : ' \u2264 ' + bound));
      entries.push({fn, variant, entry, label: [fn.name, variant.name, ...bounds].join(', ')});
      prepare(fn, entry);
    }

// Adds to each step: its result, unit, stage, predicted time if its unit is this one step, search text.
function prepare(fn, entry) {
  entry.steps.forEach((step, index) => {
    step.index = index;
    const unit = entry.units[step.unit];
    step.stage = unit ? unit.stage : 0;
    step.predicted = unit && unit.num_steps === 1 ? unit.predicted_us : undefined;
    const written = step.arguments.find(argument => argument.access !== 'read');
    step.result = written ? entry.buffers[written.buffer] : null;
    step.type = step.result ? typeText(step.result) : '';
    const kernel = kernelOf(step);
    step.text = [step.kind, step.name, step.type, kernel ? kernel.name : '', 'stage ' + step.stage].join(' ').toLowerCase();
  });
  entry.nodeCount = entry.steps.length + fn.inputs.length + fn.outputs.length;
  entry.into = Array.from({length: entry.nodeCount}, () => []);
  entry.from = Array.from({length: entry.nodeCount}, () => []);
  entry.graph.edges.forEach(([from, to], index) => {
    entry.into[to].push(index);
    entry.from[from].push(index);
  });
  entry.slowest = Math.max(0, ...entry.steps.map(step => step.measured_us || step.predicted || 0));
  entry.stages = [...new Set(entry.units.map(unit => unit.stage))].sort((a, b) => a - b);
}
const timeOf = step => isNumber(step.measured_us) ? step.measured_us : step.predicted;
const sum = (items, key) => items.reduce((total, item) => total + (item[key] || 0), 0);

const palette = ['#3b7dd8', '#e8862e', '#3fa45b', '#d64f53', '#8a63c9', '#24a3b5', '#c9a227', '#c25a9b', '#7a6a58', '#6f7f94'];
const heat = share => 'hsl(' + (215 + 140 * share) + ' ' + (45 + 35 * share) + '% ' + (64 - 12 * share) + '%)';
// Ways to colour steps: the key of a step, in order, and what the key is called.
const colourings = {
  stage: {title: 'stage', key: step => step.stage, name: key => 'stage ' + key},
  family: {title: 'kernel family', key: familyOf, name: key => key},
  dtype: {title: 'type of result', key: step => step.result ? step.result.dtype : 'none', name: key => key},
  time: {title: 'time', key: step => timeOf(step) || 0, name: null},
};
