// Search: an image in, its neighbours out, and on from there.
import {h, s, frame, contentUrl, segments, pairs, emptyState, problemState} from './elements.js';
import {bytes, count, millis, score, encoderName, shortDigest, time} from './format.js';
import * as api from './api.js';
import * as live from './live.js';

const NEIGHBOURS = [12, 24, 48];
const FILE_BYTES_MAX = 10 * 1024 * 1024;
const TRAIL_MAX = 12;

const options = {k: 24, metric: 'cosine', exact: false};
const uploads = new Map();
let trail = [];

/** Goes on to the neighbours of a file; it lives in this page only. */
function open(file) {
  const key = String(uploads.size + 1);
  uploads.set(key, {file, url: URL.createObjectURL(file)});
  location.hash = `#/search?upload=${key}`;
}

const firstImage = (files) => [...(files ?? [])].find((file) => file.type.startsWith('image/')) ?? [...(files ?? [])][0];

/** An image can be dropped or pasted on every view. */
export function acceptFilesAnywhere() {
  const veil = document.getElementById('drop-veil');
  let depth = 0;
  const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes('Files');
  window.addEventListener('dragenter', (event) => { if (hasFiles(event)) { depth++; veil.hidden = false; } });
  window.addEventListener('dragleave', (event) => { if (hasFiles(event) && --depth <= 0) { depth = 0; veil.hidden = true; } });
  window.addEventListener('dragover', (event) => { if (hasFiles(event)) event.preventDefault(); });
  window.addEventListener('drop', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    depth = 0;
    veil.hidden = true;
    const file = firstImage(event.dataTransfer.files);
    if (file) open(file);
  });
  window.addEventListener('paste', (event) => {
    const file = firstImage(event.clipboardData?.files);
    if (file) {
      event.preventDefault();
      open(file);
    }
  });
}

const picture = () => s('svg', {viewBox: '0 0 40 40', fill: 'none', stroke: 'currentColor', 'stroke-width': 1.8, 'stroke-linecap': 'round', 'stroke-linejoin': 'round', 'aria-hidden': 'true'},
  s('rect', {x: 5, y: 7, width: 30, height: 26, rx: 4}), s('circle', {cx: 14, cy: 16, r: 3}), s('path', {d: 'm6 30 9-9 6 6 6-7 8 9'}));

function chooser(label, main) {
  const input = h('input', {type: 'file', accept: 'image/jpeg,image/png,image/webp,image/gif,image/bmp', hidden: true, 'data-role': 'file',
    onchange: () => { if (input.files[0]) open(input.files[0]); }});
  return [input, h(main ? 'button.main' : 'button', {type: 'button', onclick: () => input.click()}, label)];
}

function dropCard() {
  return h('section.drop', {'aria-label': 'Query image'},
    picture(),
    h('h2', null, 'Drop an image anywhere'),
    h('p', null, 'or paste one, or'),
    chooser('Choose an image', true),
    h('p', null, 'JPEG, PNG, WebP, GIF or BMP, up to 10 MiB. It is used for this search only and kept nowhere.'));
}

function settings(again) {
  return h('section.card.stack', {'aria-label': 'How to search'},
    h('div.field', null, h('span', null, 'Distance'),
      segments('Distance', 'metric', [['cosine', 'Cosine'], ['euclidean', 'Euclidean']], options.metric, (value) => { options.metric = value; again(); })),
    h('label.field', null, h('span', null, 'Neighbours'),
      h('select', {onchange: (event) => { options.k = Number(event.target.value); again(); }},
        NEIGHBOURS.map((k) => h('option', {value: k, selected: k === options.k}, String(k))))),
    h('label.check', null,
      h('input', {type: 'checkbox', checked: options.exact, onchange: (event) => { options.exact = event.target.checked; again(); }}),
      'Exact: compare with every image'));
}

const idLink = (id) => `#/search?id=${encodeURIComponent(id)}`;

function tile(hit, ordinal) {
  const label = hit.metadata?.label;
  return h('a.tile', {href: idLink(hit.id), title: hit.id, 'data-id': hit.id},
    frame(contentUrl(hit.id, hit.digest), `Neighbour ${ordinal + 1}: ${label ?? hit.id}`),
    h('span.caption', null, h('b', null, score(hit.score)), h('span', null, label ?? hit.id)));
}

function ghosts(number) {
  return h('div.grid', {'aria-hidden': 'true'}, Array.from({length: number}, () =>
    h('div.tile.ghost', null, h('span.frame'), h('div.line'))));
}

function provenance(answer) {
  return h('p.provenance', {'data-role': 'provenance'},
    h('span', null, h('b', null, encoderName(answer.encoder.version)), ` (${shortDigest(answer.encoder.digest)})`),
    h('span', null, `generation ${answer.generation}`),
    h('span', null, `lag ${count(answer.lag)}`),
    h('span', null, `freshness ${millis(answer.freshness)}`),
    h('span', null, answer.exact ? 'exact' : 'approximate'),
    h('span', null, `answered in ${millis(answer.took)}`));
}

function trailBar(current) {
  if (trail.length < 2) return null;
  return h('nav.trail', {'aria-label': 'The way here'}, trail.map((step, ordinal) => [
    ordinal > 0 ? h('span.sep', {'aria-hidden': 'true'}, '›') : null,
    h('a', {href: step.hash, 'aria-current': step.hash === current && 'step', 'aria-label': `Step ${ordinal + 1}`}, frame(step.source, '')),
  ]));
}

function remember(hash, source) {
  const known = trail.findIndex((step) => step.hash === hash);
  trail = known >= 0 ? trail.slice(0, known + 1) : [...trail, {hash, source}].slice(-TRAIL_MAX);
}

/** The image asked about, beside its neighbours. */
function queryCard(source, details) {
  return h('section.card.query-image', {'aria-label': 'Query image'},
    frame(source, 'The query image'),
    h('div', {'data-role': 'details'}, details),
    h('div.again', null, chooser('New image', false), h('a.button', {href: '#/search'}, 'Start over')));
}

function fileDetails(file) {
  return pairs([['File', file.name || 'pasted image'], ['Size', bytes(file.size)]]);
}

function imageDetails(image) {
  return pairs([
    ...Object.entries(image.metadata ?? {}).map(([key, value]) => [key, Array.isArray(value) ? value.join(', ') : String(value)]),
    ['Id', image.id],
    ['Stored', time(image.timestamp)],
    ['Position', `partition ${image.position.partition}, offset ${count(image.position.offset)}`],
    ['Digest', h('span.mono', {title: image.digest}, shortDigest(image.digest))],
  ]);
}

/** Start: nothing asked yet. */
function showStart(holder) {
  trail = [];
  const examples = h('div', {'data-role': 'examples'}, ghosts(12));
  const load = async () => {
    examples.replaceChildren(ghosts(12));
    try {
      const {images} = await api.sample(24, Math.floor(Math.random() * 1e9));
      examples.replaceChildren(images.length
        ? h('div.grid', null, images.map((image) => h('a.tile', {href: idLink(image.id), title: image.id, 'data-id': image.id},
          frame(contentUrl(image.id, image.digest), `Image ${image.metadata?.label ?? image.id}`),
          h('span.caption', null, h('span', null, image.metadata?.label ?? image.id)))))
        : emptyState('No images yet', 'As soon as the first image arrives it shows up here.'));
    } catch (failure) {
      examples.replaceChildren(failure.code === 'not_ready'
        ? emptyState('Nothing is live yet', 'The first index is being built. This page goes on by itself.')
        : problemState(failure, load));
    }
  };
  const heading = h('div.head', null,
    h('div', null, h('h1', null, 'Find similar images'), h('p', null, 'Give it an image of your own, or start from one of these.')),
    h('button', {type: 'button', onclick: load}, 'Other images'));
  holder.append(h('div.search', null, h('aside.query', null, dropCard()), h('section', {'aria-label': 'Examples'}, heading, examples)));
  load();
  let wasServing = Boolean(live.status()?.serving?.images);
  return live.on('status', (status) => {
    const serves = Boolean(status.serving?.images);
    if (serves && !wasServing) load();
    wasServing = serves;
  });
}

/** An image was given: its neighbours. */
function showNeighbours(holder, query) {
  const results = h('section', {'aria-label': 'Neighbours', 'aria-live': 'polite'});
  const aside = h('aside.query', null);
  holder.append(h('div.search', null, aside, results));
  let current = 0;
  const ask = async () => {
    const mine = ++current;
    if (!results.querySelector('.tile')) results.replaceChildren(ghosts(options.k));
    results.setAttribute('aria-busy', 'true');
    try {
      const answer = await query.ask();
      if (mine !== current) return;
      const hits = answer.hits.filter((hit) => hit.id !== query.id).slice(0, options.k);
      results.replaceChildren(...[
        trailBar(query.hash),
        h('div.head', null, h('h1', null, query.title)),
        hits.length
          ? h('div.grid', {'data-role': 'hits'}, hits.map(tile))
          : emptyState('No neighbours', 'The index holds no other image yet.'),
        provenance(answer),
      ].filter(Boolean));
    } catch (failure) {
      if (mine !== current) return;
      results.replaceChildren(problemState(failure, ask));
    }
    results.removeAttribute('aria-busy');
  };
  remember(query.hash, query.source);
  aside.append(queryCard(query.source, query.details), settings(ask));
  ask();
  query.late?.then((details) => aside.querySelector('[data-role="details"]').replaceChildren(details), () => {});
  return () => { current = -1; };
}

export function show(holder, parameters) {
  const id = parameters.get('id');
  const upload = uploads.get(parameters.get('upload'));
  if (id) {
    return showNeighbours(holder, {
      id,
      hash: idLink(id),
      title: 'Nearest images',
      source: contentUrl(id),
      details: pairs([['Id', id]]),
      late: api.image(id).then(imageDetails),
      ask: () => api.searchById(id, {...options, k: options.k + 1}),
    });
  }
  if (upload) {
    const {file, url} = upload;
    return showNeighbours(holder, {
      hash: `#/search?upload=${parameters.get('upload')}`,
      title: 'Nearest images',
      source: url,
      details: fileDetails(file),
      ask: () => (file.size > FILE_BYTES_MAX
        ? Promise.reject(new api.Failure('This file is too large', `It has ${bytes(file.size)}; at most ${bytes(FILE_BYTES_MAX)} are accepted.`))
        : api.searchByImage(file, options)),
    });
  }
  return showStart(holder);
}
