'use strict';
const DATA = JSON.parse(document.getElementById('data').textContent);
const $ = id => document.getElementById(id);
const COLUMNS = DATA.scores;
const number = whole => whole == null ? null : whole / DATA.scale;
const placeOf = names => new Map(names.map((name, i) => [name, i]));
const MODELS = placeOf(DATA.models), BENCHMARKS = placeOf(DATA.benchmarks);

// Where each score's layers and values of animals begin; the last number is the end.
function starts(lists, lengths) {
  const found = new Int32Array(lists.length + 1);
  lists.forEach((list, i) => { found[i + 1] = found[i] + lengths[list]; });
  return found;
}
const LAYERS_FROM = starts(COLUMNS.layers, COLUMNS.layer_lists.map(list => list.length));
const VALUES = COLUMNS.animal_lists.map(list => list.reduce((sum, [, n]) => sum + n, 0));
const ANIMALS_FROM = starts(COLUMNS.animals, VALUES), NEURONS_FROM = starts(COLUMNS.neurons, VALUES);
const ROWS = new Int32Array(DATA.models.length * DATA.benchmarks.length).fill(-1);
COLUMNS.model.forEach((model, i) => { ROWS[model * DATA.benchmarks.length + COLUMNS.benchmark[i]] = i; });

const byAnimal = (list, values, from) => COLUMNS.animal_lists[list].map(([name, n]) =>
  [name, values.slice(from, from += n).map(number)]);
class Score {  // a row of the columns; its layers and animals are made when they are looked at
  constructor(row) { this.row = row; }
  get value() { return number(COLUMNS.value[this.row]); }
  get error() { return number(COLUMNS.error[this.row]); }
  get ceiling() { return number(COLUMNS.ceiling[this.row]); }
  get n() { return COLUMNS.n[this.row]; }
  get undefined() { return COLUMNS.undefined[this.row]; }
  get layer() { return COLUMNS.names[COLUMNS.layer[this.row]]; }
  get region() { return COLUMNS.names[COLUMNS.region[this.row]]; }
  get layers() {
    const from = LAYERS_FROM[this.row];
    return COLUMNS.layer_lists[COLUMNS.layers[this.row]].map((name, i) => [COLUMNS.names[name],
      number(COLUMNS.layer_values[from + i]), number(COLUMNS.layer_errors[from + i])]);
  }
  get animals() { return byAnimal(COLUMNS.animals[this.row], COLUMNS.animal_values, ANIMALS_FROM[this.row]); }
  get neurons() { return byAnimal(COLUMNS.neurons[this.row], COLUMNS.neuron_values, NEURONS_FROM[this.row]); }
}
function scoreOf(model, benchmark) {
  const row = ROWS[MODELS.get(model) * DATA.benchmarks.length + BENCHMARKS.get(benchmark)];
  return row >= 0 ? new Score(row) : undefined;
}
const text = (value, digits = 3) => value == null ? '–' : value.toFixed(digits).replace('-', '−');
const withError = score => text(score.value) + (score.error == null ? '' : ` ± ${text(score.error)}`);
const withKind = benchmark => DATA.kinds[benchmark] ? `${benchmark} (${DATA.kinds[benchmark]})` : benchmark;
const areaOf = benchmark => (benchmark.match(/\.(VIS[a-z]+)/) || [])[1];
const INK = '#1b1f24', ACCENT = '#0b5cad', QUIET = '#57606a';

// All that a link must hold to show this again.
const state = {models: '', benchmarks: '', sort: '', down: true, model: '', benchmark: '', fact: ''};
function readLink() {
  const given = new URLSearchParams(location.hash.slice(1));
  for (const name of Object.keys(state)) if (given.has(name)) state[name] = given.get(name);
  state.down = String(state.down) !== 'false';
}
function writeLink() {
  const kept = Object.entries(state).filter(([name, value]) => value !== '' && !(name === 'down' && value));
  history.replaceState(null, '', '#' + new URLSearchParams(kept));
}

const matches = (name, part) => part.toLowerCase().split(/[\s,]+/).filter(Boolean)
  .every(word => name.toLowerCase().includes(word));
const shownBenchmarks = () => DATA.benchmarks.filter(name => matches(name, state.benchmarks));
function shownModels() {
  const models = DATA.models.filter(name => matches(name, state.models));
  const key = state.sort === 'model' ? name => name : name => (scoreOf(name, state.sort) || {}).value;
  const keys = new Map(models.map(name => [name, key(name)]));
  return models.sort((a, b) => {
    const [x, y] = [keys.get(a), keys.get(b)];
    if (x == null || y == null) return (x == null) - (y == null) || a.localeCompare(b);  // those without stand last
    return (state.down ? -1 : 1) * (typeof x === 'string' ? x.localeCompare(y) : x - y) || a.localeCompare(b);
  });
}

function element(name, attributes = {}, content) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (content != null) made.textContent = content;
  return made;
}
// From white to a blue on which dark text keeps a contrast of 7 to 1.
const shade = share => `rgb(${[255, 255, 255].map((white, i) =>
  Math.round(white + Math.max(0, Math.min(1, share)) * ([150, 196, 240][i] - white))).join()})`;

function heading(label, sort) {
  const cell = element('th', {scope: 'col'});
  if (state.sort === sort) cell.setAttribute('aria-sort', state.down ? 'descending' : 'ascending');
  const button = element('button', {type: 'button', title: `Sort by ${label}`}, label);
  button.addEventListener('click', () => {
    state.down = state.sort === sort ? !state.down : sort !== 'model';
    state.sort = sort;
    drawTable();
    $('scores').querySelectorAll('thead button')[sort === 'model' ? 0 : 1 + shownBenchmarks().indexOf(sort)].focus();
  });
  cell.append(button);
  return cell;
}
function drawTable() {
  const benchmarks = shownBenchmarks(), models = shownModels();
  const head = element('tr'), body = document.createDocumentFragment();
  head.append(heading('model', 'model'), ...benchmarks.map(name => heading(withKind(name), name)));
  for (const [name, label] of [['ceiling', 'reliability of the neurons'], ['untrained', 'an untrained AlexNet'],
                               ['chance', 'chance']]) {
    if (!benchmarks.some(benchmark => DATA.references[benchmark][name] != null)) continue;
    const row = element('tr', {class: 'reference'});
    row.append(element('th', {scope: 'row'}, label),
               ...benchmarks.map(benchmark => element('td', {}, text(DATA.references[benchmark][name]))));
    body.append(row);
  }
  const greatest = Object.fromEntries(benchmarks.map(name => [name, Math.max(.05, ...models.map(
    model => (scoreOf(model, name) || {}).value ?? 0))]));
  for (const model of models) {
    const row = element('tr');
    row.append(element('th', {scope: 'row', title: model}, model));
    for (const benchmark of benchmarks) row.append(scoreCell(model, benchmark, greatest[benchmark]));
    body.append(row);
  }
  const table = $('scores').querySelector('table');
  table.tHead.replaceChildren(head);
  table.tBodies[0].replaceChildren(body);
  const first = table.querySelector('td[aria-selected=true]') || table.querySelector('td[data-model]');
  if (first) first.tabIndex = 0;
  $('said').textContent = `${models.length} of ${DATA.models.length} models, ${benchmarks.length} of ` +
    `${DATA.benchmarks.length} benchmarks`;
  writeLink();
}
function scoreCell(model, benchmark, greatest) {
  const score = scoreOf(model, benchmark), cell = element('td', {'data-model': model, 'data-benchmark': benchmark});
  cell.tabIndex = -1;
  cell.textContent = score ? withError(score) : '–';
  if (!score || score.value == null) return cell;
  cell.style.background = shade(score.value / greatest);
  const chance = DATA.references[benchmark].chance ?? 0;
  if (!(score.value - 2 * (score.error || 0) > chance)) {
    cell.className = 'weak';
    cell.title = 'not two standard errors above chance';
  }
  if (model === state.model && benchmark === state.benchmark) cell.setAttribute('aria-selected', 'true');
  return cell;
}

function select(cell) {
  $('scores').querySelectorAll('[aria-selected]').forEach(other => other.removeAttribute('aria-selected'));
  $('scores').querySelectorAll('td[tabindex="0"]').forEach(other => { other.tabIndex = -1; });
  cell.setAttribute('aria-selected', 'true');
  cell.tabIndex = 0;
  Object.assign(state, {model: cell.dataset.model, benchmark: cell.dataset.benchmark});
  drawDetail();
  writeLink();
}
$('scores').addEventListener('click', event => {
  const cell = event.target.closest('td[data-model]');
  if (cell) select(cell);
});
$('scores').addEventListener('keydown', event => {
  const cell = event.target.closest('td[data-model]');
  if (!cell) return;
  const column = cell.cellIndex, row = cell.parentElement;
  const next = {ArrowRight: () => cell.nextElementSibling, ArrowLeft: () => cell.previousElementSibling,
    ArrowDown: () => row.nextElementSibling?.cells[column],
    ArrowUp: () => row.previousElementSibling?.cells[column]}[event.key];
  if (event.key === 'Enter' || event.key === ' ') select(cell);
  else if (!next) return;
  event.preventDefault();
  const target = next?.();
  if (target?.dataset.model) {
    cell.tabIndex = -1;
    target.tabIndex = 0;
    target.focus();
  }
});

const LAYOUT = {margin: {l: 48, r: 8, t: 8, b: 60}, font: {color: INK, size: 12}, showlegend: false,
                hovermode: 'closest', paper_bgcolor: '#fff', plot_bgcolor: '#fff'};
const plot = (id, traces, layout) => Plotly.react(id, traces, {...LAYOUT, ...layout},
                                                  {displayModeBar: false, responsive: true});
// Millions of letters, which are read once the table is there.
function loadPlotly() {
  if (window.Plotly) return;
  const script = element('script');
  script.textContent = $('plotly').textContent;
  document.head.append(script);
}
function referenceLines(benchmark) {
  const found = DATA.references[benchmark] || {};
  const shapes = [['chance', 'dot'], ['untrained', 'dash']].filter(([name]) => found[name] != null);
  return {shapes: shapes.map(([name, dash]) => ({type: 'line', xref: 'paper', x0: 0, x1: 1, y0: found[name],
                                                y1: found[name], line: {color: QUIET, width: 1, dash}})),
          annotations: shapes.map(([name]) => ({xref: 'paper', x: 1, y: found[name], text: name, showarrow: false,
                                                xanchor: 'right', yanchor: 'bottom', font: {color: QUIET, size: 11}}))};
}
function drawDetail() {
  loadPlotly();
  const {model, benchmark} = state, score = scoreOf(model, benchmark);
  $('title').textContent = score ? `${model} on ${withKind(benchmark)}` : 'No score of this model on this benchmark';
  if (!score) {
    $('facts').textContent = '';
    ['layers', 'neurons', 'animals'].forEach(id => Plotly.purge(id));
    return drawShared();
  }
  const facts = [`${withError(score)}, layer ${score.layer ?? 'none committed to'}`,
    score.ceiling == null ? '' : `reliability of the neurons ${text(score.ceiling)}`,
    score.n == null ? '' : `${score.n} neurons` + (score.undefined ? `, ${score.undefined} without a value` : ''),
    score.region && score.region !== areaOf(benchmark) ? `recorded as ${score.region}` : '',
    {simulated: 'a simulated mouse', twin: 'predictions of a fitted network, no recording'}[DATA.kinds[benchmark]] || ''];
  $('facts').textContent = facts.filter(Boolean).join('; ') + '.';
  const names = score.layers.map(([name]) => name);
  plot('layers', [{x: names.map((_, i) => i), y: score.layers.map(layer => layer[1]), customdata: names,
    error_y: {array: score.layers.map(layer => layer[2] ?? 0), color: QUIET, thickness: 1, width: 2},
    mode: 'lines+markers', line: {color: ACCENT, width: 1.5},
    marker: {size: names.map(name => name === score.layer ? 11 : 6), color: ACCENT,
             symbol: names.map(name => name === score.layer ? 'diamond' : 'circle')},
    hovertemplate: '%{customdata}: %{y:.3f}<extra></extra>'}],
    {...referenceLines(benchmark), yaxis: {title: {text: 'value'}}, xaxis: {tickvals: names.map((_, i) => i),
      ticktext: names.map(name => name.length > 16 ? '…' + name.slice(-15) : name), tickangle: -40}});
  drawNeurons(score.neurons);
  const animals = score.animals;
  plot('animals', animals.map(([animal, values]) => ({y: values, name: animal, type: 'box', boxpoints: 'all',
    jitter: .5, pointpos: 0, marker: {size: 4, color: ACCENT, opacity: .6}, line: {color: INK, width: 1},
    fillcolor: 'rgba(0,0,0,0)', hovertemplate: `${animal}: %{y:.3f}<extra></extra>`})),
    {...referenceLines(benchmark), yaxis: {title: {text: 'value'}}});
  drawShared();
}
function drawNeurons(animals) {
  $('no-neurons').hidden = animals.length > 0;
  for (const id of ['neurons', 'of-neurons']) $(id).hidden = animals.length === 0;
  if (!animals.length) return Plotly.purge('neurons');
  const medians = animals.filter(([, values]) => values.length).map(([, values]) => {
    const sorted = [...values].sort((a, b) => a - b), middle = (sorted.length - 1) / 2;
    return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
  });
  plot('neurons', animals.map(([animal, values], i) => ({x: values, name: animal, type: 'histogram', nbinsx: 40,
    bingroup: 'all', marker: {color: ACCENT, opacity: .35 + .65 * i / animals.length},
    hovertemplate: `${animal}, %{x}: %{y} neurons<extra></extra>`})),
    {barmode: 'stack', xaxis: {title: {text: 'value of a neuron'}}, yaxis: {title: {text: 'neurons'}},
     shapes: medians.map(x => ({type: 'line', yref: 'paper', y0: 0, y1: 1, x0: x, x1: x,
                                line: {color: INK, width: 1, dash: 'dot'}}))});
}
function drawShared() {
  drawMap();
  drawAgainst();
}

// Outlines after the layout of the Allen Mouse Common Coordinate Framework, seen from above; not to scale.
const AREAS = {VISp: ['95,110 175,95 225,130 220,215 150,240 90,200', 155, 168],
  VISl: ['60,125 95,110 90,200 62,190', 77, 160], VISal: ['70,85 110,72 118,106 95,110 60,125', 90, 98],
  VISrl: ['110,72 160,55 172,95 118,106', 140, 84], VISam: ['160,55 215,62 222,100 175,95', 193, 81],
  VISpm: ['222,100 285,122 280,188 223,188 225,130', 254, 148]};
function drawMap() {
  const {model, benchmark} = state;
  const sibling = area => DATA.benchmarks.find(name => name === benchmark.replace(/\.VIS[a-z]+/, `.${area}`));
  const values = Object.fromEntries(Object.keys(AREAS).map(area => {
    const score = sibling(area) && scoreOf(model, sibling(area));
    return [area, score ? score.value : null];
  }));
  const greatest = Math.max(.05, ...Object.values(values).map(value => value ?? 0));
  $('map').innerHTML = Object.entries(AREAS).map(([area, [points, x, y]]) =>
    `<polygon points="${points}" fill="${values[area] == null ? '#fff' : shade(values[area] / greatest)}" ` +
    `stroke="${area === areaOf(benchmark) ? ACCENT : QUIET}" stroke-width="${area === areaOf(benchmark) ? 3 : 1}"/>` +
    `<text x="${x}" y="${y}" fill="${INK}">${area}</text>` +
    `<text x="${x}" y="${y + 15}" fill="${INK}">${values[area] == null ? '' : text(values[area], 2)}</text>`).join('');
  $('map').setAttribute('aria-label', 'Areas of mouse visual cortex: ' + Object.entries(values)
    .map(([area, value]) => `${area} ${value == null ? 'not scored' : text(value)}`).join(', '));
}
function drawAgainst() {
  const points = DATA.models.map(model => [model, (DATA.facts[model] || {})[state.fact],
                                           scoreOf(model, state.benchmark)])
    .filter(([, fact, score]) => fact != null && score && score.value != null);
  const chosen = points.map(([model]) => model === state.model);
  plot('against', [{x: points.map(point => point[1]), y: points.map(point => point[2].value),
    customdata: points.map(point => point[0]), mode: 'markers', type: 'scatter',
    error_y: {array: points.map(point => point[2].error ?? 0), color: '#afb8c1', thickness: 1, width: 0},
    marker: {size: chosen.map(is => is ? 13 : 7), color: chosen.map(is => is ? '#b3261e' : ACCENT),
             symbol: chosen.map(is => is ? 'diamond' : 'circle')},
    hovertemplate: '%{customdata}: %{y:.3f}<extra></extra>'}],
    {...referenceLines(state.benchmark), yaxis: {title: {text: 'value'}},
     xaxis: {title: {text: state.fact || 'no fact is known'}, type: state.fact === 'parameters' ? 'log' : 'linear'}});
}

function save(name, content, type) {
  const link = element('a', {href: URL.createObjectURL(new Blob([content], {type})), download: name});
  document.body.append(link);
  link.click();
  link.remove();
}
$('csv').addEventListener('click', () => {
  const quoted = value => `"${String(value ?? '').replaceAll('"', '""')}"`;
  const lines = [['model', 'benchmark', 'value', 'error', 'layer', 'ceiling', 'n_neurons']];
  for (const model of shownModels()) for (const benchmark of shownBenchmarks()) {
    const score = scoreOf(model, benchmark);
    if (score) lines.push([model, benchmark, score.value, score.error, score.layer, score.ceiling, score.n]);
  }
  save('leaderboard.csv', lines.map(line => line.map(quoted).join()).join('\n') + '\n', 'text/csv');
});
$('link').addEventListener('click', async () => {
  try {
    await navigator.clipboard.writeText(location.href);
    $('said').textContent = 'The link is in the clipboard.';
  } catch {
    $('said').textContent = 'Copy the address of this page: it holds the view.';
  }
});
document.querySelectorAll('[data-plot]').forEach(button => button.addEventListener('click', async () => {
  const id = button.dataset.plot;
  if (id === 'map') {
    const copy = $('map').cloneNode(true);
    copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
    return save('map.svg', copy.outerHTML, 'image/svg+xml');
  }
  const address = await Plotly.toImage(id, {format: 'svg', width: 800, height: 450});
  save(`${id}.svg`, decodeURIComponent(address.slice(address.indexOf(',') + 1)), 'image/svg+xml');
}));
for (const name of ['models', 'benchmarks']) $(name).addEventListener('input', event => {
  state[name] = event.target.value;
  drawTable();
});
$('fact').addEventListener('change', event => {
  state.fact = event.target.value;
  loadPlotly();
  drawAgainst();
  writeLink();
});
window.addEventListener('hashchange', () => { readLink(); start(); });

function start() {
  const facts = [...new Set(Object.values(DATA.facts).flatMap(Object.keys))].sort();
  $('fact').replaceChildren(...facts.map(name => element('option', {value: name}, name)));
  if (!facts.includes(state.fact)) state.fact = facts.includes('parameters') ? 'parameters' : facts[0] || '';
  $('fact').value = state.fact;
  if (state.sort !== 'model' && !DATA.benchmarks.includes(state.sort)) state.sort = DATA.benchmarks[0];
  if (!scoreOf(state.model, state.benchmark)) {
    state.benchmark = state.sort === 'model' ? DATA.benchmarks[0] : state.sort;
    state.model = shownModels().find(model => scoreOf(model, state.benchmark)) || DATA.models[0];
  }
  for (const name of ['models', 'benchmarks']) $(name).value = state[name];
  $('about').textContent = 'How well the features of models predict the responses of neurons, corrected for their ' +
    'noise. ' + (Object.keys(DATA.kinds).length
      ? 'Benchmarks marked simulated or twin are not of measured neurons. ' : '') + DATA.versions.join(' | ');
  drawTable();
  requestAnimationFrame(() => setTimeout(() => {  // the table is seen first
    document.body.dataset.shown ??= Math.round(performance.now());
    drawDetail();
    document.body.dataset.ready = Math.round(performance.now());
  }));
}
readLink();
start();
