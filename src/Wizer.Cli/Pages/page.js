'use strict';
// Draws the report that stands in the page. Names in it come from modules: they are only ever set as text.
const report = JSON.parse(document.getElementById('report').textContent);
const main = document.getElementById('main');
const SVG = 'http://www.w3.org/2000/svg';
let nextId = 0;

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  for (const child of children.flat()) if (child !== null && child !== undefined) element.append(child);
  return element;
}
const el = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
const svg = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);
const count = value => Number(value).toLocaleString('en-US');
const bytes = value => `${count(value)} ${value === 1 ? 'byte' : 'bytes'}`;
const hex = value => '0x' + Number(value).toString(16);
const percent = (part, whole) => whole > 0 ? (100 * part / whole).toFixed(1) + ' %' : '';
const list = value => Array.isArray(value) ? value : [];

function section(id, title) {
  const heading = el('h2', { id }, title);
  const part = el('section', { 'aria-labelledby': id }, heading);
  main.append(part);
  document.getElementById('contents').append(el('li', {}, el('a', { href: '#' + id }, title)));
  return part;
}

// Columns are titles; one that begins with '#' is of numbers. A cell may be an element.
function table(caption, columns, rows, name) {
  const head = columns.map(column => el('th', { scope: 'col', class: column[0] === '#' ? 'number' : null }, column.replace('#', '')));
  const body = rows.map(row => el('tr', {}, row.map((cell, index) => {
    const isNumber = columns[index][0] === '#';
    const value = cell === null || cell === undefined ? '' : isNumber && typeof cell === 'number' ? count(cell) : cell;
    return el(index === 0 ? 'th' : 'td', { scope: index === 0 ? 'row' : null, class: isNumber ? 'number' : null }, value);
  })));
  return el('div', { class: 'table', tabindex: 0, role: 'region', 'aria-label': caption }, el('table', { 'data-name': name },
    el('caption', {}, caption), el('thead', {}, el('tr', {}, head)), el('tbody', {}, body)));
}

// Long tables show their beginning.
function longTable(caption, columns, rows, name) {
  const shown = 50;
  if (rows.length <= shown) return table(caption, columns, rows, name);
  return el('div', {}, table(`${caption} (the first ${shown} of ${count(rows.length)})`, columns, rows.slice(0, shown), name),
    el('details', {}, el('summary', {}, 'All of them'), table(caption, columns, rows, null)));
}

function fact(title, value, name, number) {
  return el('li', {}, title, el('b', { 'data-name': name, 'data-value': number }, value));
}

function overview() {
  const part = section('overview', 'Overview');
  const before = report.input?.byteLength, after = report.output?.byteLength;
  document.title = `Wizer report: ${report.input?.path ?? 'stdin'}`;
  document.getElementById('subtitle').textContent =
    `${report.input?.path ?? 'stdin'} → ${report.output ? report.output.path ?? 'stdout' : 'nothing'}, wizer ${report.toolVersion}`;
  part.append(el('ul', { class: 'facts' },
    fact('Status', report.status, 'status', report.status),
    typeof before === 'number' ? fact('Input', bytes(before), 'input-bytes', before) : null,
    typeof after === 'number' ? fact('New module', bytes(after), 'output-bytes', after) : null,
    fact('Time', `${report.totalMilliseconds.toFixed(1)} ms`, 'total-milliseconds', report.totalMilliseconds),
    fact('Segments added', count(segmentCount(report)), 'segments', segmentCount(report)),
    fact('Globals changed', count(list(report.globals).length), 'globals', list(report.globals).length)));
  if (report.error) {
    part.append(el('h3', { class: 'bad' }, 'Error'), el('p', {}, report.error.message),
      el('ol', {}, list(report.error.causes).map(cause => el('li', {}, el('pre', {}, cause)))),
      report.error.hint ? el('p', {}, 'Hint: ' + report.error.hint) : null);
  }
  if (list(report.warnings).length > 0) {
    part.append(el('h3', {}, 'Warnings'), el('ul', { class: 'warnings' }, report.warnings.map(text => el('li', {}, text))));
  }
  for (const omitted of list(report.leftOut)) {
    part.append(el('p', { class: 'note' }, `Of ${omitted.what}, the page has the first ${count(omitted.shown)}; the report in JSON has all `
      + `${count(omitted.count)}.`));
  }
  part.append(table('Files', ['File', 'Path', '#Bytes', 'SHA-256'], [
    ['input', report.input?.path, before, report.input?.sha256], ['output', report.output?.path, after, report.output?.sha256]], 'files'));
}

const segmentCount = part => list(part.memories).reduce((sum, memory) => sum + memory.segmentCount, 0)
  + list(part.component?.modules).reduce((sum, module) => sum + segmentCount(module), 0);

function kindOf(item) {
  if (item.name === 'code' || item.name === 'data') return item.name;
  return item.name.startsWith('"') || item.name === 'custom' ? 'custom' : 'other';
}

// Squarified: rows of boxes along the shorter side, each row ended when its boxes would get longer.
function squarify(items, x, y, width, height) {
  const boxes = [];
  let rest = items.filter(item => item.byteLength > 0).sort((a, b) => b.byteLength - a.byteLength);
  let left = rest.reduce((sum, item) => sum + item.byteLength, 0);
  while (rest.length > 0 && left > 0) {
    const scale = width * height / left, side = Math.min(width, height);
    let row = [], sum = 0, worst = Infinity;
    for (const item of rest) {
      const area = (sum + item.byteLength) * scale;
      const biggest = (row[0] ?? item).byteLength * scale, smallest = item.byteLength * scale;
      const next = Math.max(side * side * biggest / (area * area), area * area / (side * side * smallest));
      if (next > worst) break;
      worst = next;
      row.push(item);
      sum += item.byteLength;
    }
    const depth = sum * scale / side;
    let at = 0;
    for (const item of row) {
      const length = side * item.byteLength / sum;
      boxes.push(width >= height
        ? { item, x, y: y + at, width: depth, height: length }
        : { item, x: x + at, y, width: length, height: depth });
      at += length;
    }
    if (width >= height) { x += depth; width -= depth; } else { y += depth; height -= depth; }
    rest = rest.slice(row.length);
    left -= sum;
  }
  return boxes;
}

function tree(title, items, largest) {
  const total = items.reduce((sum, item) => sum + item.byteLength, 0);
  const width = 480, height = Math.max(24, Math.round(280 * total / largest));
  const boxes = squarify(items, 0, 0, width, height).map(box => {
    const name = box.item.module ? `${box.item.module}: ${box.item.name}` : box.item.name;
    const label = `${name}, ${bytes(box.item.byteLength)}`;
    const letters = Math.floor((box.width - 8) / 6.5);
    const text = letters < 4 || box.height < 16 ? null
      : svg('text', { x: box.x + 4, y: box.y + 13 }, name.length > letters ? name.slice(0, letters - 1) + '…' : name);
    return svg('g', {}, svg('title', {}, label), svg('rect', {
      class: 'box ' + kindOf(box.item), x: box.x, y: box.y, width: box.width, height: box.height }), text);
  });
  return el('figure', {}, el('figcaption', {}, `${title}: ${bytes(total)}`), svg('svg', {
    viewBox: `0 0 ${width} ${height}`, role: 'img',
    'aria-label': `Treemap of the sections ${title.toLowerCase()}, listed in the table below` }, boxes));
}

function sections() {
  const before = list(report.sections?.before), after = list(report.sections?.after);
  if (before.length + after.length === 0) return;
  const part = section('sections', 'Sections');
  const total = items => items.reduce((sum, item) => sum + item.byteLength, 0);
  const largest = Math.max(total(before), total(after));
  part.append(el('div', { class: 'trees' }, tree('Before', before, largest), after.length > 0 ? tree('After', after, largest) : null),
    legend([['code', 'code'], ['data', 'data'], ['custom', 'custom sections'], ['other', 'other sections']]));
  const rows = new Map();
  for (const [side, items] of [[0, before], [1, after]]) {
    for (const item of items) {
      const key = `${item.module ?? ''}\n${item.name}`;
      if (!rows.has(key)) rows.set(key, { name: item.name, module: item.module ?? null, sizes: [0, 0] });
      rows.get(key).sizes[side] += item.byteLength;
    }
  }
  const lines = [...rows.values()].map(row => [row.name, row.module, row.sizes[0], row.sizes[1], row.sizes[1] - row.sizes[0]]);
  const columns = ['Section', 'Where', '#Before', '#After', '#Difference'];
  const isModule = lines.every(line => line[1] === null);
  part.append(longTable('Sections and their sizes in bytes', isModule ? columns.toSpliced(1, 1) : columns,
    isModule ? lines.map(line => line.toSpliced(1, 1)) : lines, 'sections'));
}

const legend = items => el('ul', { class: 'legend' }, items.map(([kind, text]) => el('li', {}, el('i', { class: kind }), text)));

// The runs of a map as arrays with an entry for each cell.
function cellsOf(map) {
  const input = [], changed = [];
  for (let i = 0; i + 2 < map.runs.length; i += 3) {
    for (let n = 0; n < map.runs[i]; n++) { input.push(map.runs[i + 1]); changed.push(map.runs[i + 2]); }
  }
  return { input, changed };
}

const cellKind = (input, changed) => input + changed === 0 ? 'zero' : input === 0 ? 'changed' : changed === 0 ? 'input' : 'mixed';

function dump(address, data) {
  const lines = [];
  for (let at = 0; at < data.length; at += 16) {
    const row = [...data.slice(at, at + 16)];
    const digits = row.map(byte => byte.toString(16).padStart(2, '0')).join(' ');
    lines.push((address + at).toString(16).padStart(8, '0') + '  ' + digits.padEnd(48) + ' '
      + row.map(byte => byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.').join(''));
  }
  return lines.join('\n');
}

const decode = text => Uint8Array.from(atob(text), letter => letter.charCodeAt(0));

function describeCell(memory, segments, cells, index) {
  const size = memory.map.cellByteLength, start = index * size, end = start + size;
  const inside = segments.filter(segment => segment.address < end && segment.address + segment.byteLength > start);
  const contents = list(memory.map.contents).filter(item => item.address >= start && item.address < end);
  const lines = [`${hex(start)} to ${hex(end - 1)}: ${bytes(cells.changed[index])} changed, `
    + `${bytes(cells.input[index])} as the input has them, `
    + `${bytes(size - cells.changed[index] - cells.input[index])} zero.`];
  if (inside.length > 0) {
    lines.push(`Segments: ${inside.slice(0, 8).map(segment => `${hex(segment.address)} (${bytes(segment.byteLength)})`).join(', ')}`
      + (inside.length > 8 ? ` and ${count(inside.length - 8)} more.` : '.'));
  }
  const parts = lines.map(line => el('p', {}, line));
  if (contents.length > 0) {
    parts.push(el('pre', {}, contents.slice(0, 64).map(item => dump(item.address, decode(item.base64))).join('\n')));
  }
  return parts;
}

function memoryMap(memory, segments, where) {
  const cells = cellsOf(memory.map), total = cells.input.length, size = memory.map.cellByteLength;
  const columns = total > 1024 ? 128 : 64, edge = 960 / columns, rows = Math.max(1, Math.ceil(total / columns));
  const shapes = [];
  for (let start = 0; start < total;) {
    let end = start + 1;
    const stop = Math.min(total, (Math.floor(start / columns) + 1) * columns);
    while (end < stop && cells.input[end] === cells.input[start] && cells.changed[end] === cells.changed[start]) end++;
    const part = (cells.input[start] + cells.changed[start]) / size;
    shapes.push(svg('rect', {
      class: cellKind(cells.input[start], cells.changed[start]), x: start % columns * edge, y: Math.floor(start / columns) * edge,
      width: (end - start) * edge - .5, height: edge - .5,
      'fill-opacity': part === 0 ? null : (.35 + .65 * Math.min(1, part)).toFixed(2) }));
    start = end;
  }
  let last = -1;
  for (const segment of segments) {
    const cell = Math.floor(segment.address / size);
    if (cell === last || cell >= total) continue;
    last = cell;
    const x = (cell % columns + segment.address % size / size) * edge, y = Math.floor(cell / columns) * edge;
    shapes.push(svg('line', { class: 'boundary', x1: x, x2: x, y1: y, y2: y + edge - .5 }));
  }
  const cursor = svg('rect', { class: 'cursor', width: edge, height: edge, visibility: 'hidden' });
  const id = `map${nextId++}`;
  const detail = el('div', { class: 'detail', id: id + 'detail', role: 'status', 'aria-live': 'polite' },
    el('p', { class: 'note' }, 'Choose a cell to see its bytes, as far as the report has them.'));
  const picture = svg('svg', {
    class: 'map', viewBox: `0 0 960 ${rows * edge}`, tabindex: 0, role: 'application', 'aria-roledescription': 'memory map',
    'aria-label': `Map of ${where}: ${count(total)} cells of ${bytes(size)}. Arrow keys go from cell to cell.`,
    'aria-describedby': id + 'detail' }, shapes, cursor);
  let chosen = 0;
  function choose(index) {
    if (index < 0 || index >= total) return;
    chosen = index;
    cursor.setAttribute('x', index % columns * edge);
    cursor.setAttribute('y', Math.floor(index / columns) * edge);
    cursor.setAttribute('visibility', 'visible');
    detail.replaceChildren(...describeCell(memory, segments, cells, index));
  }
  picture.addEventListener('click', event => {
    const box = picture.getBoundingClientRect();
    const row = Math.floor((event.clientY - box.top) / box.height * rows);
    choose(row * columns + Math.floor((event.clientX - box.left) / box.width * columns));
  });
  picture.addEventListener('keydown', event => {
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, Home: -chosen, End: total - 1 - chosen };
    const next = event.key === 'n' || event.key === 'p' ? other(event.key === 'n' ? 1 : -1)
      : event.key === 'Enter' || event.key === ' ' ? 0 : steps[event.key];
    if (next === undefined) return;
    event.preventDefault();
    choose(chosen + next);
  });
  // To the next cell, or the one before, that holds something.
  function other(step) {
    for (let at = chosen + step; at >= 0 && at < total; at += step) if (cells.input[at] + cells.changed[at] > 0) return at - chosen;
    return 0;
  }
  return el('figure', {}, picture, el('figcaption', { class: 'keys' },
    'Click, or use the arrow keys, Home and End; n and p go to the next and the previous cell that is not zero.'), detail);
}

function memoryRows(memory) {
  const sum = index => list(memory.map?.runs)
    .reduce((total, value, i, runs) => i % 3 === index ? total + value * runs[i - index] : total, 0);
  return { input: sum(1), changed: sum(2) };
}

function memories(part, id, where) {
  if (list(part.memories).length === 0) return [];
  const found = [el('h3', { id }, where ? `Memories of ${where}` : 'All memories')];
  found.push(table('Memories', ['Memory', '#Pages before', '#Pages after', '#Bytes not zero', '#Changed bytes',
    '#Bytes of the input', '#Segments', '#Bytes in segments'], part.memories.map(memory => {
    const sums = memoryRows(memory);
    return [String(memory.index), memory.pagesBefore, memory.pagesAfter, memory.nonZeroByteLength, memory.map ? sums.changed : null,
      memory.map ? sums.input : null, memory.segmentCount, memory.segmentByteLength];
  }), 'memories'));
  for (const memory of part.memories) {
    if (!memory.map || memory.map.runs.length === 0) continue;
    const name = `memory ${memory.index}${where ? ' of ' + where : ''}`;
    found.push(el('h3', {}, `Map of ${name}`),
      el('p', {}, `Each cell is ${bytes(memory.map.cellByteLength)}; the fuller, the stronger its color.`),
      legend([['changed', 'changed'], ['input', 'as the input has it'], ['mixed', 'both'], ['zero', 'zero']]),
      memoryMap(memory, list(part.segments).filter(segment => segment.memory === memory.index), name));
  }
  return found;
}

function state(part, where) {
  const found = [];
  if (list(part.globals).length > 0) {
    found.push(longTable('Globals that changed', ['Global', 'Before', 'After'],
      part.globals.map(global => [String(global.index), global.before, global.after]), 'globals'));
  }
  if (part.references) {
    found.push(table('Tables and references', ['What', '#Count'], [
      ['tables that changed', part.references.tableCount], ['elements that are not null', part.references.elementCount],
      ['globals with references', part.references.globalCount], ['exceptions', part.references.exceptionCount],
      ['data segments dropped', part.references.droppedDataSegmentCount],
      ['element segments dropped', part.references.droppedElementSegmentCount],
      ['bytes of code that restores them', part.references.restoreByteLength]], 'references'));
    if (list(part.references.objects).length > 0) {
      found.push(longTable('Objects', ['Type', '#Count'], part.references.objects.map(item => [String(item.type), item.count]), 'objects'));
    }
  }
  if (part.stack) {
    found.push(el('p', {}, part.stack.problem ?? `Stack: ${bytes(part.stack.clearedByteLength)} between ${hex(part.stack.start)} and `
      + `${hex(part.stack.end)} were cleared.`));
  }
  return found.length > 0 && where ? [el('h3', {}, `State of ${where}`), ...found] : found;
}

function snapshot() {
  const parts = list(report.component?.modules);
  if (list(report.memories).length > 0) section('memory', 'Memory').append(...memories(report, 'memories', null));
  const found = state(report, null);
  if (found.length > 0) section('state', 'Globals, tables, objects').append(...found);
  if (parts.length === 0) return;
  const part = section('modules', 'Core modules');
  part.append(table('Core modules', ['Module', 'Name', '#Bytes before', '#Bytes after'], parts.map(module =>
    [`${module.index}${module.instance > 0 ? `, copy ${module.instance}` : ''}`, module.name, module.bytesBefore, module.bytesAfter]),
  'modules'));
  for (const module of parts) {
    const where = `core module ${module.index}${module.instance > 0 ? ` (copy ${module.instance})` : ''}`;
    part.append(...memories(module, `memories${nextId++}`, where), ...state(module, where));
  }
  if (list(report.component.openHandles).length > 0) {
    part.append(table('Open handles', ['Type', '#Count', 'Owner', 'Fate'],
      report.component.openHandles.map(item => [item.type, item.count, item.owner, item.fate]), 'handles'));
  }
}

function writers() {
  if (!report.attribution) return;
  const part = section('writers', 'Who wrote the bytes'), all = report.attribution;
  part.append(el('p', {}, `Of ${bytes(all.byteLength)} that are not as the input has them, ${bytes(all.hostByteLength)} were written by the host: `
    + 'files that were read, for example.'));
  part.append(longTable('Functions by the bytes that they wrote last', ['Function', '#Bytes', '#Share', '#With functions they called'],
    all.functions.map(item => [item.name, item.byteLength, percent(item.byteLength, all.byteLength), item.withCalleesByteLength]), 'writers'));
}

function phases() {
  if (list(report.phases).length === 0) return;
  const part = section('time', 'Time');
  const kinds = ['input', 'changed', 'other', 'mixed', 'custom'];
  part.append(el('div', { class: 'timeline', role: 'img', 'aria-label': 'The phases in their order, listed in the table below' },
    report.phases.map((phase, index) => {
      const bar = el('span', { class: kinds[index % kinds.length], title: `${phase.name}: ${phase.milliseconds} ms` },
        phase.milliseconds > .06 * report.totalMilliseconds ? phase.name : '');
      bar.style.flexGrow = phase.milliseconds;
      return bar;
    })));
  part.append(table('Phases', ['Phase', '#Milliseconds', '#Share'], report.phases.map(phase =>
    [phase.name, phase.milliseconds.toFixed(3), percent(phase.milliseconds, report.totalMilliseconds)]), 'phases'));
}

function outside() {
  const part = section('outside', 'The world outside');
  const wasi = list(report.wasiCalls), imports = list(report.importCalls), inputs = list(report.inputs);
  part.append(wasi.length > 0 ? longTable('Calls of WASI', ['Function', '#Calls', '#Answers that may differ'],
    wasi.map(call => [call.name, call.count, call.nondeterministicCount]), 'wasi') : el('p', {}, 'No function of WASI was called.'));
  if (imports.length > 0) {
    part.append(longTable('Imported functions that were called', ['Function', 'Module', '#Calls'],
      imports.map(call => [call.name, call.module, call.count]), 'imports'));
  }
  if (inputs.length > 0) {
    part.append(longTable('What the run depended on', ['Kind', 'Name', '#Count', 'Answer'],
      inputs.map(input => [input.kind, input.name, input.count, input.answer]), 'inputs'));
  }
  if (report.inputProblem) part.append(el('p', { class: 'bad' }, report.inputProblem));
  const descriptors = [['Open descriptors', list(report.openDescriptors)], ['Directories the guest knows', list(report.knownDirectories)]];
  for (const [title, items] of descriptors) {
    if (items.length > 0) part.append(table(title, ['Number', 'Path'], items.map(item => [String(item.number), item.path]), null));
  }
  if (list(report.changedPaths).length > 0) {
    part.append(el('h3', {}, 'Paths that the guest changed'), el('ul', {}, report.changedPaths.map(path => el('li', {}, path))));
  }
  if (report.cache) {
    part.append(el('p', {}, `Cache: ${report.cache.result}${report.cache.reason ? ', ' + report.cache.reason : ''}`));
  }
}

overview();
sections();
snapshot();
writers();
phases();
outside();
