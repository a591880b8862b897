// The sheet: random images, each with its nine nearest neighbours.
import {h, frame, contentUrl, segments, emptyState, problemState} from './elements.js';
import {count, decimals, millis, score, encoderName} from './format.js';
import * as api from './api.js';

const ROWS = 10;
const NEIGHBOURS = 9;

const options = {metric: 'cosine', exact: false, seed: null};

const randomSeed = () => Math.floor(Math.random() * 1_000_000);

function cell(image, caption, first) {
  return h('a.cell', {role: 'gridcell', href: `#/search?id=${encodeURIComponent(image.id)}`, title: caption, tabindex: -1, 'data-id': image.id, 'data-first': first},
    frame(contentUrl(image.id, image.digest), caption));
}

const name = (image) => image.metadata?.label ?? image.id;

function drawRow(row) {
  return h('div.row', {role: 'row'},
    cell(row.image, name(row.image), true),
    row.neighbours.map((hit) => cell(hit, `${name(hit)}, ${score(hit.score)}`, false)));
}

function ghostSheet() {
  return h('div.sheet', {'aria-hidden': 'true'}, Array.from({length: ROWS}, () =>
    h('div.row', null, Array.from({length: NEIGHBOURS + 1}, () => h('span.cell.ghost', null, h('span.frame'))))));
}

/** One tab stop for the whole sheet; arrow keys move inside it. */
function roving(grid) {
  const rows = () => [...grid.querySelectorAll('.row')].map((row) => [...row.querySelectorAll('.cell')]);
  const first = grid.querySelector('.cell');
  if (first) first.tabIndex = 0;
  grid.addEventListener('keydown', (event) => {
    const move = {ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0]}[event.key];
    const here = event.target.closest('.cell');
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

/** Share of neighbours with the row's label, where images carry labels. */
function agreement(rows) {
  const pairs = rows.filter((row) => row.image.metadata?.label !== undefined)
    .flatMap((row) => row.neighbours.map((hit) => hit.metadata?.label === row.image.metadata.label));
  return pairs.length ? pairs.filter(Boolean).length / pairs.length : null;
}

/** Resolves when every image of the sheet is decoded or has failed. */
const painted = (grid) => Promise.all([...grid.querySelectorAll('img')].map((image) => image.decode().catch(() => {})))
  .then(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));

export function show(holder, parameters) {
  options.seed = Number(parameters.get('seed') ?? options.seed ?? randomSeed());
  const place = h('div', null);
  const line = h('p.provenance', {hidden: true, 'data-role': 'sheet-line'});
  let abort = new AbortController();

  const draw = async () => {
    abort.abort();
    abort = new AbortController();
    const {signal} = abort;
    const start = performance.now();
    place.replaceChildren(ghostSheet());
    line.hidden = true;
    try {
      const answer = await api.sheet({rows: ROWS, ...options}, signal);
      if (!answer.rows.length) {
        place.replaceChildren(emptyState('No images yet', 'As soon as images arrive, a sheet can be drawn.'));
        return;
      }
      const grid = h('div.sheet', {role: 'grid', 'aria-label': 'Random images with their nine nearest neighbours'}, answer.rows.map(drawRow));
      roving(grid);
      place.replaceChildren(grid);
      await painted(grid);
      if (signal.aborted) return;
      const tookMillis = performance.now() - start;
      grid.dataset.paintedMillis = Math.round(tookMillis);
      const share = agreement(answer.rows);
      line.replaceChildren(
        h('span', null, h('b', null, encoderName(answer.encoder.version)), `, generation ${answer.generation}`),
        h('span', null, `${count(answer.images)} images searched`),
        h('span', null, answer.exact ? 'exact' : 'approximate'),
        share === null ? null : h('span', null, `${decimals(share * 100, 0)} % of the neighbours carry their row’s label`),
        h('span', null, `computed in ${millis(answer.took)}, painted after ${millis(tookMillis)}`),
        h('span', null, `seed ${options.seed}`));
      line.hidden = false;
    } catch (failure) {
      if (failure.name === 'AbortError') return;
      place.replaceChildren(failure.code === 'not_ready'
        ? emptyState('Nothing is live yet', 'The first index is being built. Come back in a moment.', h('button', {type: 'button', onclick: draw}, 'Try again'))
        : problemState(failure, draw));
    }
  };

  holder.append(
    h('div.head', null,
      h('div', null, h('h1', null, 'Ten random images, nine neighbours each'),
        h('p', null, 'One row per image: the image first, then its nearest neighbours, closest on the left.')),
      h('div.controls', null,
        segments('Distance', 'sheet-metric', [['cosine', 'Cosine'], ['euclidean', 'Euclidean']], options.metric, (value) => { options.metric = value; draw(); }),
        h('label.check', null, h('input', {type: 'checkbox', checked: options.exact, onchange: (event) => { options.exact = event.target.checked; draw(); }}), 'Exact'),
        h('button.main', {type: 'button', onclick: () => { location.hash = `#/sheet?seed=${randomSeed()}`; }}, 'Other images'))),
    h('div.sheet-legend', {'aria-hidden': 'true'}, h('span', null, 'Image'), h('span'), h('span', null, 'Neighbours')),
    place, line);
  draw();
  return () => abort.abort();
}
