'use strict';
/* The table of kernels, and the kernel that is followed through the figures. What is shown
 * may be given behind #: section=1&filter=conv2&sort=drop@0.05&order=up&kernel=conv2:7 */

const ROW_PX = 28, SPARE_ROWS = 12, REACH_PX = 16, PRINTED_ROWS = 40;
/* Of selectivity, and their corrected p: empty where unknown. */
const MEASURES = [['lost_selectivity', 'lost_p_max'], ['selectivity_beyond', 'beyond_p_max']];
const get = id => document.getElementById(id);
const wanted = new URLSearchParams(location.hash.slice(1));

/* Rows of a CSV text; only layers' names are ever quoted. */
function readCsv(text) {
  const lines = text.trim().split('\n');
  const cut = line => line.includes('"')
    ? [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(m => m[1] === undefined ? m[2] : m[1].replace(/""/g, '"'))
    : line.split(',');
  return { names: cut(lines[0]), rows: lines.slice(1).map(cut) };
}

/* A section's kernels: cells as written, and columns of numbers. */
function readSection(script) {
  const { names, rows } = readCsv(script.textContent.replace(/&lt;/g, '<').replace(/&amp;/g, '&'));
  const data = { names, rows, at: {}, number: {} };
  names.forEach((name, i) => {
    data.at[name] = i;
    if (name !== 'layer')
      data.number[name] = Float64Array.from(rows, row => row[i] === '' ? NaN : Number(row[i]));
  });
  data.contrasts = names.filter(n => n.startsWith('drop@')).map(n => n.slice(5));
  data.raced = names.some(n => n.startsWith('images@'));
  return data;
}

const scripts = [...document.querySelectorAll('script[type="text/csv"]')];
const read = [];
const section = n => read[n] || (read[n] = readSection(scripts[n]));
const state = { section: 0, sort: 'layer_index', down: false, filter: '', kernel: -1, shown: [] };
let data;

/* ---- the table ---- */

/* Columns: heading, name in the data, and how a cell reads. */
function columns() {
  const points = v => isNaN(v) ? '' : (100 * v).toFixed(2), p = v => isNaN(v) ? '' : v.toPrecision(3);
  const list = [['layer', 'layer_index', null], ['kernel', 'kernel', v => String(v)]];
  for (const c of data.contrasts) {
    if (data.raced)
      list.push(...['images', 'lost', 'gained'].map(name => [`${name} at ${c}`, `${name}@${c}`, v => String(v)]));
    list.push([`drop at ${c}`, `drop@${c}`, points, `q@${c}`]);
  }
  for (const [name, p_max] of MEASURES)
    if (data.number[name])
      list.push([name, name, points], [p_max, p_max, p]);
  return list;
}

/* Each word of the filter as a test of row number k. */
function makeFilter(text) {
  const tests = text.trim().split(/\s+/).filter(Boolean).map(word => {
    const m = /^([^<>=]+)([<>=])(-?[\d.e-]+)$/i.exec(word), column = m && data.number[m[1]], bound = m && Number(m[3]);
    if (column)
      return k => m[2] === '<' ? column[k] < bound : m[2] === '>' ? column[k] > bound : column[k] === bound;
    const [layer, kernel] = word.toLowerCase().split(':');
    return k => kernel === undefined
      ? data.rows[k][0].toLowerCase().includes(layer) || data.rows[k][2] === layer
      : data.rows[k][0].toLowerCase() === layer && (kernel === '' || data.rows[k][2] === kernel);
  });
  return k => tests.every(test => test(k));
}

function arrange() {
  const fits = makeFilter(state.filter), column = data.number[state.sort] || data.number.layer_index;
  const sign = state.down ? -1 : 1;
  state.shown = data.rows.map((_, k) => k).filter(fits);
  /* What has no number comes last; equals stay in the network's order. */
  state.shown.sort((a, b) => isNaN(column[a]) - isNaN(column[b]) || sign * (column[a] - column[b]) || a - b);
  get('count').textContent = `${state.shown.length} of ${data.rows.length} kernels`;
  get('table').setAttribute('aria-rowcount', state.shown.length + 1);
  drawHead();
  drawRows();
}

function drawHead() {
  const head = document.createElement('tr');
  for (const [title, name] of columns()) {
    const th = document.createElement('th'), button = document.createElement('button');
    const sorted = state.sort === name;
    th.scope = 'col';
    th.dataset.name = name;
    th.setAttribute('aria-sort', sorted ? (state.down ? 'descending' : 'ascending') : 'none');
    button.textContent = title + (sorted ? (state.down ? ' ↓' : ' ↑') : '');
    button.onclick = () => {
      state.down = sorted ? !state.down : name.startsWith('drop@') || MEASURES.some(([measure]) => measure === name);
      state.sort = name;
      get('scroll').scrollTop = 0;
      arrange();
      get('table').querySelector(`th[data-name="${CSS.escape(name)}"] button`).focus();
    };
    th.append(button);
    head.append(th);
  }
  get('table').tHead.replaceChildren(head);
}

/* Only the rows in sight are in the page. */
function drawRows(all) {
  const box = get('scroll'), count = state.shown.length, list = columns();
  const first = all ? 0 : Math.max(0, Math.floor(box.scrollTop / ROW_PX) - SPARE_ROWS);
  const end = all ? Math.min(count, all)
    : Math.min(count, first + Math.ceil((box.clientHeight || 800) / ROW_PX) + 2 * SPARE_ROWS);
  const rows = [];
  const pad = n => {
    const tr = document.createElement('tr'), td = document.createElement('td');
    tr.className = 'pad';
    td.colSpan = list.length;
    td.style.height = `${n * ROW_PX}px`;
    tr.append(td);
    rows.push(tr);
  };
  if (first > 0)
    pad(first);
  for (let i = first; i < end; i++) {
    const k = state.shown[i], tr = document.createElement('tr');
    tr.dataset.row = k;
    tr.tabIndex = 0;
    tr.setAttribute('aria-rowindex', i + 2);
    tr.setAttribute('aria-selected', k === state.kernel);
    for (const [, name, write, q] of list) {
      const td = document.createElement('td');
      td.textContent = write ? write(data.number[name][k]) : data.rows[k][0];
      if (write)
        td.dataset.value = data.rows[k][data.at[name]];
      if (q && data.number[q] && data.number[q][k] < .05)
        td.style.fontWeight = 'bold';
      tr.append(td);
    }
    rows.push(tr);
  }
  if (end < count && !all)
    pad(count - end);
  get('table').tBodies[0].replaceChildren(...rows);
}

/* ---- the figures ---- */

/* What the images lost at low contrast are set beside: those predicted, where that is known. */
const isPredicted = k => !isNaN(data.number.lost_predicted[k]);
const besides = k => isPredicted(k) ? data.number.lost_predicted[k] : data.number.both_lost_high[k];

/* Of each way of linking: in which panels kernel k is, where on its axes, and what
 * is told of it there, if not its drops. */
const links = {
  drops: { places: (k, panel) => [Math.log10(data.number[`rank@${panel}`][k]), 100 * data.number[`drop@${panel}`][k]], log: true },
  selectivity: {
    places: k => [besides(k), data.number.both_lost_low[k]].map(lost => Math.asinh(100 * lost / data.number.both[k])),
    tell: k => `${data.number.both_lost_low[k]} of ${data.number.both[k]} images lost at low contrast, ${besides(k)} ` +
      (isPredicted(k) ? 'predicted from its importance at high' : 'at high'),
  },
  kernelmap: { places: k => [data.number.column[k], NaN] },
};

/* The panels of a figure, in px of its SVG. */
function panelsOf(figure) {
  if (figure.panels)
    return figure.panels;
  const svg = figure.querySelector('svg'), box = svg.viewBox.baseVal, link = links[figure.dataset.link];
  const { names, rows } = readCsv(figure.dataset.axes);
  figure.panels = rows.map(row => {
    const a = Object.fromEntries(names.map((name, i) => [name, i ? Number(row[i]) : row[i]]));
    const x = v => link.log ? Math.log10(v) : v;
    const left = a.left * box.width, right = a.right * box.width;
    const top = (1 - a.top) * box.height, bottom = (1 - a.bottom) * box.height;
    return {
      name: a.panel, left, right, top, bottom, cache: {},
      px: v => left + (v - x(a.x_low)) / (x(a.x_high) - x(a.x_low)) * (right - left),
      py: v => bottom + (v - a.y_low) / (a.y_high - a.y_low) * (top - bottom),
    };
  });
  return figure.panels;
}

/* Where all kernels of the section are in a panel, [2 k] and [2 k + 1]. */
function pointsOf(figure, panel) {
  if (!panel.cache[state.section]) {
    const points = new Float32Array(2 * data.rows.length);
    for (let k = 0; k < data.rows.length; k++) {
      const [x, y] = links[figure.dataset.link].places(k, panel.name);
      points[2 * k] = panel.px(x);
      points[2 * k + 1] = panel.py(y);
    }
    panel.cache[state.section] = points;
  }
  return panel.cache[state.section];
}

const linked = () => [...document.querySelectorAll('figure[data-axes]')].filter(f => !f.hidden);

function make(name, attributes) {
  const element = document.createElementNS(get('figures').querySelector('svg').namespaceURI, name);
  for (const key in attributes)
    element.setAttribute(key, attributes[key]);
  return element;
}

function markKernel() {
  document.querySelectorAll('.hit, .hit-line').forEach(e => e.remove());
  if (state.kernel < 0)
    return;
  for (const figure of linked())
    for (const panel of panelsOf(figure)) {
      const points = pointsOf(figure, panel), x = points[2 * state.kernel], y = points[2 * state.kernel + 1];
      figure.querySelector('svg').append(isNaN(y)
        ? make('line', { class: 'hit-line', x1: x, x2: x, y1: panel.top, y2: panel.bottom + 6 })
        : make('circle', { class: 'hit', cx: x, cy: y, r: 7 }));
    }
}

/* The kernel nearest to a place of the pointer; -1: none near. */
function nearest(figure, event) {
  const svg = figure.querySelector('svg'), box = svg.getBoundingClientRect(), scale = svg.viewBox.baseVal.width / box.width;
  const x = (event.clientX - box.left) * scale, y = (event.clientY - box.top) * scale;
  let best = -1, least = (REACH_PX * scale) ** 2;
  for (const panel of panelsOf(figure)) {
    if (x < panel.left - 8 || x > panel.right + 8 || y < panel.top - 8 || y > panel.bottom + 8)
      continue;
    const points = pointsOf(figure, panel);
    for (let k = 0; k < data.rows.length; k++) {
      const dx = points[2 * k] - x, dy = points[2 * k + 1] - y, far = dx * dx + (isNaN(dy) ? 0 : dy * dy);
      if (far < least) {
        least = far;
        best = k;
      }
    }
  }
  return best;
}

const nameOf = k => `${data.rows[k][0]} kernel ${data.rows[k][2]}`;

function showTip(figure, event) {
  const k = nearest(figure, event), tip = get('tip');
  tip.hidden = k < 0;
  if (k < 0)
    return;
  const tell = links[figure.dataset.link].tell ||
    (kernel => data.contrasts.map(c => `${(100 * data.number[`drop@${c}`][kernel]).toFixed(1)} at ${c}`).join(', '));
  tip.textContent = `${nameOf(k)}: ${tell(k)}`;
  tip.style.left = `${Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8)}px`;
  tip.style.top = `${event.clientY + 18}px`;
}

/* ---- the kernel that is followed ---- */

function choose(k, scroll) {
  const box = get('chosen'), points = name => (100 * data.number[name][k]).toFixed(1);
  state.kernel = k;
  box.hidden = k < 0;
  if (k >= 0) {
    const parts = data.contrasts.map(c => data.raced
      ? `at ${c}: lost ${data.number[`lost@${c}`][k]}, gained ${data.number[`gained@${c}`][k]} of ${data.number[`images@${c}`][k]} images`
      : `at ${c}: ${points(`drop@${c}`)} [${points(`drop_ci_low@${c}`)}, ${points(`drop_ci_high@${c}`)}], q ${data.number[`q@${c}`][k].toPrecision(2)}`);
    const button = document.createElement('button'), title = document.createElement('b');
    button.textContent = '×';
    button.setAttribute('aria-label', 'Follow no kernel');
    button.onclick = () => choose(-1);
    title.textContent = nameOf(k) + ' ';
    for (const [name, p_max] of MEASURES)
      if (data.number[name] && !isNaN(data.number[name][k]))
        parts.push(`${name} ${points(name)}, ${p_max} ${data.number[p_max][k].toPrecision(2)}`);
    box.replaceChildren(title, ...parts.map(part => {
      const span = document.createElement('span');
      span.textContent = part;
      return span;
    }), button);
    const at = state.shown.indexOf(k);
    if (scroll && at >= 0)
      get('scroll').scrollTop = Math.max(0, at * ROW_PX - 120);
  }
  drawRows();
  markKernel();
}

function showSection(n) {
  state.section = n;
  data = section(n);
  document.querySelectorAll('[data-section]:not(script)').forEach(e => { e.hidden = Number(e.dataset.section) !== n; });
  if (!data.number[state.sort])
    state.sort = 'layer_index';
  arrange();
  choose(-1);
}

/* ---- start ---- */

function start() {
  const several = scripts.length > 1;
  get('chooser').hidden = !several;
  get('section').onchange = event => showSection(Number(event.target.value));
  get('filter').oninput = event => {
    state.filter = event.target.value;
    get('scroll').scrollTop = 0;
    arrange();
  };
  get('scroll').onscroll = () => drawRows();
  get('table').onclick = event => {
    const row = event.target.closest('tr[data-row]');
    if (row)
      choose(Number(row.dataset.row));
  };
  get('table').onkeydown = event => {
    const row = event.target.closest('tr[data-row]');
    if (row && event.key === 'Enter')
      choose(Number(row.dataset.row));
  };
  document.querySelectorAll('figure[data-axes]').forEach(figure => {
    const plot = figure.querySelector('.plot');
    plot.onmousemove = event => showTip(figure, event);
    plot.onmouseleave = () => { get('tip').hidden = true; };
    plot.onclick = event => choose(nearest(figure, event), true);
  });
  addEventListener('beforeprint', () => drawRows(PRINTED_ROWS));
  addEventListener('afterprint', () => drawRows());

  state.filter = get('filter').value = wanted.get('filter') || '';
  state.sort = wanted.get('sort') || state.sort;
  state.down = wanted.get('order') === 'down';
  const n = Math.min(Number(wanted.get('section')) || 0, scripts.length - 1);
  get('section').value = n;
  if (section(n).raced)
    get('filter').placeholder = `conv2   images@${section(n).contrasts[0]}>100`;
  showSection(n);
  if (wanted.get('kernel')) {
    const [layer, kernel] = wanted.get('kernel').split(':');
    choose(data.rows.findIndex(row => row[0] === layer && row[2] === kernel), true);
  }
}

start();
