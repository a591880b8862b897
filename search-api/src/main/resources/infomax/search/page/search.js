// Search: an image in, its neighbours out, and on from there, steered and filtered.
import {h, s, frame, contentUrl, keepingFocus, segments, pairs, emptyState, problemState} from './elements.js';
import {bytes, count, shortDigest, time} from './format.js';
import {ghosts, provenance, tile} from './hits.js';
import {cropper, cut} from './crop.js';
import {bitmapOf, chooser, upload, FILE_BYTES_MAX} from './uploads.js';
import * as api from './api.js';
import * as facets from './facets.js';
import * as live from './live.js';
import * as question from './question.js';

const TRAIL_MAX = 12;
const EXAMPLES = 24;
const INCLUDE = ['metadata', 'digest'];

let trail = [];
/** Digests by id, so that an image met before is not fetched twice. */
const digests = new Map();

const go = (next) => { location.hash = question.address(next); };
const pictureOf = (id) => contentUrl(id, digests.get(id));

const picture = () => s('svg', {viewBox: '0 0 40 40', fill: 'none', stroke: 'currentColor', 'stroke-width': 1.8, 'stroke-linecap': 'round', 'stroke-linejoin': 'round', 'aria-hidden': 'true'},
  s('rect', {x: 5, y: 7, width: 30, height: 26, rx: 4}), s('circle', {cx: 14, cy: 16, r: 3}), s('path', {d: 'm6 30 9-9 6 6 6-7 8 9'}));

function dropCard() {
  return h('section.drop', {'aria-label': 'Query image'},
    picture(),
    h('h2', null, 'Drop an image anywhere'),
    h('p', null, 'or paste one, or'),
    chooser('Choose an image', true),
    h('p', null, 'JPEG, PNG, WebP, GIF or BMP, up to 10 MiB. It is used for your searches, stays among the last queries in memory to compare encoders on, and is written nowhere.'));
}

/** How to search; every change is a new address, so that the browser's way back works. */
function settings(asked) {
  return h('section.card.stack', {'aria-label': 'How to search'},
    h('div.field', null, h('span', null, 'Distance'),
      segments('Distance', 'metric', [['cosine', 'Cosine'], ['euclidean', 'Euclidean']], asked.metric, (metric) => go({...asked, metric}))),
    h('label.field', null, h('span', null, `Neighbours, 1 to ${question.K_MAX}`),
      h('input', {type: 'number', min: 1, max: question.K_MAX, step: 1, value: asked.k, 'data-key': 'k', 'data-role': 'k', onchange: (event) => {
        const k = Math.min(question.K_MAX, Math.max(1, Math.round(Number(event.target.value)) || question.K_DEFAULT));
        event.target.value = k;
        go({...asked, k});
      }})),
    h('label.check', null,
      h('input', {type: 'checkbox', checked: asked.exact, 'data-key': 'exact', onchange: (event) => go({...asked, exact: event.target.checked})}),
      'Exact: compare with every image'));
}

const wide = window.matchMedia('(min-width: 861px)');

/** Settings and filters: at the side where there is room, folded away above the results where there is not. */
function options(...content) {
  const folded = h('details.options', {open: wide.matches, 'data-role': 'options'}, h('summary', {'data-key': 'options'}, 'How to search, filter'), h('div', null, content));
  const follow = () => { folded.open = wide.matches; };
  wide.addEventListener('change', follow);
  return {element: folded, close: () => wide.removeEventListener('change', follow)};
}

function turner(asked, plusOnly) {
  const turn = (side, id, pressed) => go(pressed ? question.without(asked, id) : question.towards(asked, id, side));
  turn.plusOnly = plusOnly;
  return turn;
}

const grid = (asked, images, role) => h('div.grid', {'data-role': role, role: 'list'}, images.map((image, ordinal) =>
  tile(image, ordinal, question.address(question.from(asked, image.id)), asked, turner(asked, role === 'examples'))));

/** What the search is steered by and filtered with, as chips that can be taken away. */
function steering(asked, start) {
  const chip = (id, side) => h(`span.example.${side}`, {'data-example': side, 'data-id': id},
    frame(pictureOf(id), side === 'plus' ? 'More like' : 'Less like'),
    h('button.take', {type: 'button', 'data-key': `take ${id}`, 'aria-label': `Take away the example ${id}`, onclick: () => go(question.without(asked, id))}, '×'));
  const conditions = facets.chosen(asked, go);
  const groups = [];
  if (question.steered(asked)) {
    groups.push(h('div.examples', null, h('span.muted', null, 'More like'),
      start ? h('span.example.plus', {'data-example': 'start'}, frame(start, 'The image it began with'),
        asked.plus.length ? h('button.take', {type: 'button', 'data-key': 'take start', 'aria-label': 'Take away the image it began with', onclick: () => go(question.withoutStart(asked))}, '×') : null) : null,
      asked.plus.map((id) => chip(id, 'plus'))));
    if (asked.minus.length) groups.push(h('div.examples', null, h('span.muted', null, 'Less like'), asked.minus.map((id) => chip(id, 'minus'))));
  }
  if (conditions.length) groups.push(h('div.conditions', null, conditions));
  return groups.length ? h('section.steering', {'aria-label': 'Examples and filters', 'data-role': 'steering'}, groups) : null;
}

function trailBar(current) {
  if (trail.length < 2) return null;
  return h('nav.trail', {'aria-label': 'The way here'}, trail.map((step, ordinal) => [
    ordinal > 0 ? h('span.sep', {'aria-hidden': 'true'}, '›') : null,
    h('a', {href: step.hash, 'data-key': `step ${ordinal}`, 'aria-current': step.key === current && 'step', 'aria-label': `Step ${ordinal + 1}`}, frame(step.source, '')),
  ]));
}

/** A step of the way is an image; how it was searched with is the step's newest address. */
function remember(key, hash, source) {
  const known = trail.findIndex((step) => step.key === key);
  trail = known >= 0 ? [...trail.slice(0, known), {key, hash, source}] : [...trail, {key, hash, source}].slice(-TRAIL_MAX);
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

const again = (asked) => h('div.again', null, chooser('New image', false), h('a.button', {href: question.address(question.fresh(asked))}, 'Start over'));

/** What is asked about; made once per image, so that a crop at hand stays at hand. */
function startOf(asked, latest) {
  if (asked.id) {
    const {id} = asked;
    const details = h('div', {'data-role': 'details'}, pairs([['Id', id]]));
    api.image(id).then((image) => {
      digests.set(id, image.digest);
      facets.note([image]);
      details.replaceChildren(imageDetails(image));
    }, () => {});
    return {
      key: `id ${id}`,
      source: pictureOf(id),
      element: h('section.card.query-image', {'aria-label': 'Query image'}, frame(pictureOf(id), 'The query image'), details, h('div', {'data-role': 'again'})),
      show() {}, close() {},
    };
  }
  if (!asked.upload) {
    return {key: 'examples', source: asked.plus[0] ? pictureOf(asked.plus[0]) : null, element: dropCard(), show() {}, close() {}};
  }
  const given = upload(asked.upload);
  const place = h('div', {'data-role': 'stage'}, frame(given.url, 'The query image'));
  let tool = null;
  let closed = false;
  // What the browser cannot draw is searched with all the same: the service says what is wrong with it.
  bitmapOf(asked.upload).then((bitmap) => {
    if (closed) return;
    tool = cropper(bitmap, latest().crop, (crop) => go({...latest(), crop}));
    place.replaceChildren(tool.element);
  }, () => {});
  return {
    key: `upload ${asked.upload}`,
    source: given.url,
    element: h('section.card.query-image.cropping', {'aria-label': 'Query image'}, place,
      h('div', {'data-role': 'details'}, pairs([['File', given.file.name || 'pasted image'], ['Size', bytes(given.file.size)]])),
      h('div', {'data-role': 'again'})),
    show: (next) => tool?.show(next.crop),
    close() {
      closed = true;
      tool?.close();
    },
  };
}

/** The query image as it is sent: the file, or a cut of it. */
async function imageOf(asked) {
  const given = upload(asked.upload);
  if (!asked.crop) {
    if (given.file.size > FILE_BYTES_MAX) {
      throw new api.Failure('This file is too large', `It has ${bytes(given.file.size)}; at most ${bytes(FILE_BYTES_MAX)} are accepted. A part of it can be searched with: draw a rectangle.`, 'too_large', 413);
    }
    return given.file;
  }
  return cut(await bitmapOf(asked.upload), asked.crop);
}

async function ask(asked, signal) {
  const options = {k: asked.k, metric: asked.metric, exact: asked.exact, include: INCLUDE};
  const filter = question.filter(asked);
  const image = asked.upload ? await imageOf(asked) : null;
  if (image && !question.steered(asked)) return api.searchByImage(image, {...options, filter}, signal);
  const start = image ? [{image: await api.base64(image)}] : asked.id ? [asked.id] : [];
  // As an example an indexed image is no hit of its own search.
  return api.search({...options, ...(filter ? {filter} : {}), examples: {positive: [...start, ...asked.plus], negative: asked.minus}}, signal);
}

/** Start: nothing asked yet. */
function showStart(holder, asked) {
  trail = [];
  const examples = h('div', {'data-role': 'examples'}, ghosts(EXAMPLES));
  const load = async () => {
    examples.replaceChildren(ghosts(EXAMPLES));
    try {
      const {images} = await api.sample(EXAMPLES, Math.floor(Math.random() * 1e9));
      images.forEach((image) => digests.set(image.id, image.digest));
      facets.note(images);
      examples.replaceChildren(images.length ? grid(asked, images, 'examples')
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
  const folded = options(settings(asked));
  holder.append(h('div.search', null, h('aside.query', null, dropCard(), folded.element), h('section', {'aria-label': 'Examples'}, heading, steering(asked, null), examples)));
  load();
  let wasServing = Boolean(live.status()?.serving?.images);
  const stop = live.on('status', (status) => {
    const serves = Boolean(status.serving?.images);
    if (serves && !wasServing) load();
    wasServing = serves;
  });
  return () => {
    stop();
    folded.close();
  };
}

/** An image was given: its neighbours. The view stays and follows the address. */
function showNeighbours(holder, first) {
  const title = h('h1', {tabindex: -1}, 'Nearest images');
  const bar = h('div'), way = h('div'), hitsPlace = h('div'), says = h('p.visually-hidden', {role: 'status'}), aside = h('aside.query'), facetsPlace = h('div');
  const startPlace = h('div'), settingsPlace = h('div');
  const folded = options(settingsPlace, facetsPlace);
  aside.append(startPlace, folded.element);
  const page = h('div.search', null, aside, h('section', {'aria-label': 'Neighbours'}, way, h('div.head', null, title), bar, says, hitsPlace));
  holder.append(page);
  let asked = first;
  let start = null;
  let hits = [];
  let abort = new AbortController();

  const drawAround = () => keepingFocus(page, () => {
    way.replaceChildren(...[trailBar(start.key)].filter(Boolean));
    bar.replaceChildren(...[steering(asked, start.key === 'examples' ? null : start.source)].filter(Boolean));
    settingsPlace.replaceChildren(settings(asked));
    startPlace.querySelector('[data-role=again]')?.replaceChildren(again(asked));
    facetsPlace.replaceChildren(...[facets.panel(asked, hits, go)].filter(Boolean));
  }, () => title);

  const load = async () => {
    abort.abort();
    abort = new AbortController();
    const {signal} = abort;
    const mine = asked;
    if (!hitsPlace.querySelector('.tile')) hitsPlace.replaceChildren(ghosts(Math.min(mine.k, 48)));
    hitsPlace.setAttribute('aria-busy', 'true');
    try {
      const answer = await ask(mine, signal);
      if (signal.aborted) return;
      ({hits} = answer);
      hits.forEach((hit) => digests.set(hit.id, hit.digest));
      facets.note(hits);
      keepingFocus(page, () => hitsPlace.replaceChildren(
        hits.length ? grid(mine, hits, 'hits')
          : question.filter(mine) ? emptyState('Nothing matches', 'No image fulfils these conditions. Take one away above.')
          : emptyState('No neighbours', 'The index holds no other image yet.'),
        provenance(answer)), () => title);
      says.textContent = hits.length ? `${count(hits.length)} nearest images` : 'No image found';
      drawAround();
    } catch (failure) {
      if (signal.aborted) return;
      keepingFocus(page, () => hitsPlace.replaceChildren(problemState(failure, load)), () => title);
    }
    hitsPlace.removeAttribute('aria-busy');
  };

  const update = (next) => {
    asked = next;
    const key = asked.id ? `id ${asked.id}` : asked.upload ? `upload ${asked.upload}` : 'examples';
    if (start?.key !== key) {
      if (start) window.scrollTo(0, 0);
      start?.close();
      start = startOf(asked, () => asked);
      hits = [];
      keepingFocus(page, () => {
        startPlace.replaceChildren(start.element);
        hitsPlace.replaceChildren();
      }, () => title);
    } else {
      start.show(asked);
    }
    if (start.source) remember(start.key, question.address(asked), start.source);
    drawAround();
    load();
  };

  update(first);
  return {
    update,
    leave() {
      abort.abort();
      start.close();
      folded.close();
    },
  };
}

function showGone(holder, asked) {
  holder.append(emptyState('This image is no longer here', 'An image of your own lives in the page that it was given to, and that page was loaded anew. Give it once more.',
    h('div.controls', null, chooser('Choose an image', true), h('a.button', {href: question.address(question.fresh(asked))}, 'Start over'))));
}

const kindOf = (asked) => (asked.upload && !upload(asked.upload) ? 'gone' : question.asks(asked) ? 'neighbours' : 'start');

export function show(holder, parameters) {
  let kind = null;
  let view = null;
  const leave = () => view?.leave?.();
  const update = (next) => {
    const asked = question.read(next);
    if (kind === 'neighbours' && kindOf(asked) === kind) {
      view.update(asked);
      return;
    }
    leave();
    kind = kindOf(asked);
    holder.replaceChildren();
    view = kind === 'gone' ? (showGone(holder, asked), null)
      : kind === 'neighbours' ? showNeighbours(holder, asked)
      : {leave: showStart(holder, asked)};
  };
  update(parameters);
  return {update, leave};
}
