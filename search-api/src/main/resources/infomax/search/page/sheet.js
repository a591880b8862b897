// The sheet: ten images, each with its nine nearest neighbours, by one generation or by two side by side.
import {h, frame, contentUrl, keepingFocus, segments, toast, emptyState, problemState} from './elements.js';
import {count, decimals, encoderName, millis, score} from './format.js';
import {nameOf} from './hits.js';
import {NEIGHBOURS, ROWS, agreement, labels, overlap, shared, sheet} from './sheetrows.js';
import {picture, save} from './sheetpicture.js';
import * as live from './live.js';

const randomSeed = () => Math.floor(Math.random() * 1_000_000);
const METRICS = {cosine: 'cosine', euclidean: 'Euclidean'};

let lastSeed = null;

function read(parameters) {
  const [, key, value] = (parameters.get('by') ?? '').match(/^([^:]+)(?::(.+))?$/) ?? [];
  let by = key ? {key} : null;
  if (value !== undefined) {
    try {
      by = {key, value: JSON.parse(value)};
    } catch {
      by = null;
    }
  }
  lastSeed = Number(parameters.get('seed') ?? lastSeed ?? randomSeed());
  return {
    seed: lastSeed,
    metric: parameters.get('metric') === 'euclidean' ? 'euclidean' : 'cosine',
    exact: parameters.get('exact') === '1',
    by,
    beside: Number(parameters.get('beside')) || null,
  };
}

const byText = (by) => (by ? (by.value === undefined ? by.key : `${by.key}:${JSON.stringify(by.value)}`) : '');

function go(wanted) {
  const parameters = new URLSearchParams({seed: wanted.seed});
  if (wanted.metric !== 'cosine') parameters.set('metric', wanted.metric);
  if (wanted.exact) parameters.set('exact', '1');
  if (wanted.by) parameters.set('by', byText(wanted.by));
  if (wanted.beside) parameters.set('beside', wanted.beside);
  location.hash = `#/sheet?${parameters}`;
}

function cell(image, caption, kind) {
  return h('a.cell', {role: 'gridcell', href: `#/search?id=${encodeURIComponent(image.id)}`, title: caption, tabindex: -1, 'data-id': image.id, 'data-key': `${kind} ${image.id}`, 'data-shared': kind === 'shared'},
    frame(contentUrl(image.id, image.digest), caption));
}

function drawRow(image, row, sides) {
  const both = sides.length > 1 ? shared(sides, row) : null;
  return h('div.row', {role: 'row'},
    h('div.first', {role: 'presentation'}, cell(image, nameOf(image), 'first')),
    sides.map((side) => h('div.nine', {role: 'presentation'},
      side.neighbours[row]
        ? side.neighbours[row].map((hit) => {
          const isShared = both?.has(hit.id);
          return cell(hit, `${nameOf(hit)}, ${score(hit.score)}${isShared ? ', in both' : ''}`, isShared ? 'shared' : 'own');
        })
        : h('p.muted.small', {role: 'gridcell'}, 'not in this generation yet'))),
    sides.length > 1 ? h('div.share', {role: 'gridcell', title: 'neighbours in both'}, both ? `${both.size}/${NEIGHBOURS}` : '–') : null);
}

function ghostSheet(sides) {
  return h('div.sheet', {'aria-hidden': 'true', 'data-sides': sides}, Array.from({length: ROWS}, () =>
    h('div.row', null, h('div.first', null, h('span.cell.ghost', null, h('span.frame'))),
      Array.from({length: sides}, () => h('div.nine', null, Array.from({length: NEIGHBOURS}, () => h('span.cell.ghost', null, h('span.frame'))))))));
}

/** One tab stop for the whole sheet; arrow keys move inside it. */
function roving(grid) {
  const rows = () => [...grid.querySelectorAll('.row')].map((row) => [...row.querySelectorAll('a.cell')]);
  const first = grid.querySelector('a.cell');
  if (first) first.tabIndex = 0;
  grid.addEventListener('keydown', (event) => {
    const move = {ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0]}[event.key];
    const here = event.target.closest('a.cell');
    if (!move || !here) return;
    const table = rows();
    const y = table.findIndex((row) => row.includes(here));
    const target = table[y + move[0]]?.[table[y].indexOf(here) + move[1]];
    if (!target) return;
    event.preventDefault();
    here.tabIndex = -1;
    target.tabIndex = 0;
    target.focus();
  });
}

/** Resolves when every image of the sheet is decoded or has failed. */
const painted = (grid) => Promise.all([...grid.querySelectorAll('img')].map((image) => image.decode().catch(() => {})))
  .then(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));

const sideTitle = (side) => `${encoderName(side.encoder.version)}, generation ${side.generation}`;

/** The images of a row as the picture takes them. */
const rowsOf = (grid) => [...grid.querySelectorAll('.row')].map((row) => ({
  first: row.querySelector('.first img'),
  sides: [...row.querySelectorAll('.nine')].map((nine) => [...nine.querySelectorAll('.cell')].map((each) => ({
    image: each.querySelector('img'),
    shared: each.hasAttribute('data-shared'),
  }))),
}));

/** Generations that can stand beside the one that answers. */
const others = () => (live.status()?.loaded ?? []).filter((each) => !each.serving).map((each) => each.generation).sort((left, right) => right - left);

export function show(holder, parameters) {
  let wanted = read(parameters);
  let offered = [];
  let answer = null;
  let abort = new AbortController();
  const controls = h('div.controls');
  const place = h('div');
  const line = h('div.sheet-line', {hidden: true, 'data-role': 'sheet-line'});

  const drawControls = () => keepingFocus(controls, () => {
    const generations = new Set(others());
    if (wanted.beside) generations.add(wanted.beside);
    const option = (by, label) => h('option', {value: byText(by), selected: byText(by) === byText(wanted.by)}, label);
    const known = wanted.by && offered.some(([key]) => key === wanted.by.key);
    controls.replaceChildren(
      segments('Distance', 'sheet-metric', [['cosine', 'Cosine'], ['euclidean', 'Euclidean']], wanted.metric, (metric) => go({...wanted, metric})),
      h('label.inline', null, h('span', null, 'Images'), h('select', {'data-key': 'by', 'data-role': 'by', onchange: (event) => go({...wanted, by: read(new URLSearchParams({seed: wanted.seed, by: event.target.value})).by})},
        option(null, 'random'),
        wanted.by && !known ? option(wanted.by, byText(wanted.by)) : null,
        offered.map(([key, values]) => h('optgroup', {label: key}, option({key}, `one of each ${key}`), values.map((value) => option({key, value}, `${key} = ${value}`)))))),
      h('label.inline', null, h('span', null, 'Beside'), h('select', {'data-key': 'beside', 'data-role': 'beside', disabled: !generations.size, title: generations.size ? null : 'No other generation is loaded', onchange: (event) => go({...wanted, beside: Number(event.target.value) || null})},
        h('option', {value: '', selected: !wanted.beside}, generations.size ? 'nothing' : 'no other generation'),
        [...generations].map((generation) => h('option', {value: generation, selected: generation === wanted.beside}, `generation ${generation}`)))),
      h('label.check', null, h('input', {type: 'checkbox', checked: wanted.exact, 'data-key': 'sheet-exact', onchange: (event) => go({...wanted, exact: event.target.checked})}), 'Exact'),
      h('button', {type: 'button', 'data-key': 'save', 'data-role': 'save', disabled: !answer, onclick: savePicture}, 'Save as PNG'),
      h('button.main', {type: 'button', 'data-key': 'others', onclick: () => go({...wanted, seed: randomSeed()})}, 'Other images'));
  });

  async function savePicture() {
    const common = overlap(answer.images, answer.sides);
    const kind = wanted.by ? byText(wanted.by).replaceAll('"', '') : 'random';
    const footer = [METRICS[wanted.metric], answer.sides.every((side) => side.exact) ? 'exact' : 'approximate', kind, `seed ${wanted.seed}`,
      ...(answer.sides.length > 1 && common !== null ? [`overlap@9 ${decimals(common, 2)}, shared neighbours marked`] : [])].join('  ·  ');
    const name = ['sheet', ...answer.sides.map((side) => `generation-${side.generation}`), wanted.metric, `seed-${wanted.seed}`].join('-');
    try {
      save(await picture(rowsOf(place), answer.sides.map(sideTitle), footer), `${name}.png`);
    } catch (failure) {
      toast(`The sheet cannot be saved: ${failure.message}`);
    }
  }

  const drawLine = (tookMillis) => {
    const {images, sides} = answer;
    const labelled = (side) => {
      const share = agreement(images, side.neighbours, wanted.by?.key ?? 'label');
      return share === null ? null : h('span', null, `${decimals(share, 2)} of the neighbours carry their row’s ${wanted.by?.key ?? 'label'}`);
    };
    const common = sides.length > 1 ? overlap(images, sides) : null;
    line.replaceChildren(...[
      common === null ? null : h('p.overlap', {'data-role': 'overlap'}, h('b', null, `overlap@${NEIGHBOURS} ${decimals(common, 2)}`),
        h('span', null, h('i.mark', {'aria-hidden': 'true'}), 'neighbours that both find')),
      ...sides.map((side) => h('p.facts', null, h('b', null, sideTitle(side)), h('span', null, `${count(side.images)} images searched`),
        h('span', null, side.exact ? 'exact' : 'approximate'), labelled(side), h('span', null, `computed in ${millis(side.took)}`))),
      h('p.facts', null, h('span', null, `seed ${wanted.seed}`), h('span', null, `painted after ${millis(tookMillis)}`)),
    ].filter(Boolean));
    line.hidden = false;
  };

  const draw = async () => {
    abort.abort();
    abort = new AbortController();
    const {signal} = abort;
    const start = performance.now();
    answer = null;
    place.replaceChildren(ghostSheet(wanted.beside ? 2 : 1));
    line.hidden = true;
    drawControls();
    try {
      const drawn = await sheet(wanted, live.status()?.serving?.generation, signal);
      if (signal.aborted) return;
      if (!drawn.images.length) {
        place.replaceChildren(wanted.by
          ? emptyState('No such images', 'No image carries this value now.', h('button', {type: 'button', onclick: () => go({...wanted, by: null})}, 'Random images'))
          : emptyState('No images yet', 'As soon as images arrive, a sheet can be drawn.'));
        return;
      }
      answer = drawn;
      const titles = drawn.sides.length > 1 ? h('div.sheet-titles', {'aria-hidden': 'true'}, h('span'), drawn.sides.map((side) => h('b', null, sideTitle(side)))) : null;
      const grid = h('div.sheet', {role: 'grid', 'aria-label': `${drawn.images.length} images with their nine nearest neighbours`, 'data-sides': drawn.sides.length},
        drawn.images.map((image, row) => drawRow(image, row, drawn.sides)));
      roving(grid);
      place.replaceChildren(...[titles, grid].filter(Boolean));
      await painted(grid);
      if (signal.aborted) return;
      const tookMillis = performance.now() - start;
      grid.dataset.paintedMillis = Math.round(tookMillis);
      drawLine(tookMillis);
      drawControls();
    } catch (failure) {
      if (signal.aborted || failure.name === 'AbortError') return;
      place.replaceChildren(failure.code === 'not_ready'
        ? emptyState('Nothing is live yet', 'The first index is being built. Come back in a moment.', h('button', {type: 'button', onclick: draw}, 'Try again'))
        : failure.code === 'generation_not_loaded'
          ? emptyState(`Generation ${wanted.beside} is not loaded`, 'A generation can be compared once it is verified, and while it stands by.', h('button', {type: 'button', onclick: () => go({...wanted, beside: null})}, 'Without it'))
          : problemState(failure, draw));
    }
  };

  holder.append(
    h('div.head', null,
      h('div', null, h('h1', null, 'Ten images, nine neighbours each'),
        h('p', null, 'The image first, then its nearest neighbours, closest on the left. Beside it, the same images as another generation sees them.')),
      controls),
    place, line);
  draw();
  labels().then((found) => {
    offered = found;
    drawControls();
  }, () => {});
  let known = JSON.stringify(others());
  const stop = live.on('status', () => {
    const now = JSON.stringify(others());
    if (now === known) return;
    known = now;
    drawControls();
  });
  return {
    update(next) {
      wanted = read(next);
      draw();
    },
    leave() {
      abort.abort();
      stop();
    },
  };
}
