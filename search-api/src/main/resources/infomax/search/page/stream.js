// The stream: images as they become searchable, rates, freshness and lag, and what was rejected.
import {h, frame, contentUrl, emptyState, problemState} from './elements.js';
import {count, millis, time} from './format.js';
import {nameOf} from './hits.js';
import {timeline} from './charts.js';
import * as api from './api.js';
import * as history from './history.js';
import * as live from './live.js';
import * as rejected from './rejected.js';

const SHOWN = 24;
/** Newest images are asked for at most so often. */
const PAUSE_MILLIS = 1_500;
const SPANS = [60_000, 2 * 60_000, 5 * 60_000, history.KEPT_MILLIS];

const perSecond = (value) => (value < 10 ? value.toFixed(1) : count(value));

function charts() {
  const moments = history.recent();
  const now = moments.at(-1)?.at ?? Date.now();
  // A page just opened has seen little: the axis grows with it.
  const seen = now - (moments[0]?.at ?? now);
  const spanMillis = SPANS.find((span) => seen <= span) ?? history.KEPT_MILLIS;
  const line = (name, value) => ({name, points: moments.map((moment) => [moment.at, value(moment)])});
  const at = {now, spanMillis};
  return [
    timeline('Images per second', [line('images', (moment) => moment.images)], {...at, write: perSecond}),
    timeline('Freshness', [line('median', (moment) => moment.median), line('highest of a minute', (moment) => moment.max)], {...at, write: millis, floor: 500}),
    timeline('Lag, offsets', [line('lag', (moment) => moment.lag)], {...at, write: count, floor: 10}),
    timeline('Searches per second', [line('searches', (moment) => moment.queries)], {...at, write: perSecond}),
  ];
}

/** The images that became searchable last; new ones come in from the left. */
function arrivals(place) {
  let asking = false;
  let askedAt = 0;
  let sequence = null;
  let shown = new Map();
  const tile = (image, fresh) => h(fresh ? 'a.tile.fresh' : 'a.tile', {href: `#/search?id=${encodeURIComponent(image.id)}`, title: `${image.id}, ${time(image.timestamp)}`, 'data-id': image.id},
    frame(contentUrl(image.id, image.digest), `Image ${nameOf(image)}`),
    h('span.caption', null, h('span.name', null, nameOf(image)), h('time.muted.num', {datetime: image.timestamp}, time(image.timestamp))));
  const load = async () => {
    asking = true;
    askedAt = Date.now();
    try {
      const {images} = await api.newest(SHOWN);
      const key = (image) => `${image.id} ${image.position.partition} ${image.position.offset}`;
      const first = shown.size === 0;
      const next = new Map(images.map((image) => [key(image), shown.get(key(image)) ?? tile(image, !first)]));
      if (!images.length) {
        place.replaceChildren(emptyState('No images yet', 'As soon as the first image arrives it shows up here.'));
      } else if ([...next.keys()].join() !== [...shown.keys()].join()) {
        const grid = place.querySelector('.arrivals:not([aria-hidden])') ?? h('div.arrivals');
        // Only what is new is put in: what stays keeps focus and picture.
        [...shown].filter(([name]) => !next.has(name)).forEach(([, element]) => element.remove());
        [...next.values()].forEach((element, ordinal) => { if (grid.children[ordinal] !== element) grid.insertBefore(element, grid.children[ordinal] ?? null); });
        if (!grid.isConnected) place.replaceChildren(grid);
      }
      shown = images.length ? next : new Map();
    } catch (failure) {
      shown = new Map();
      place.replaceChildren(failure.code === 'not_ready'
        ? emptyState('Nothing is live yet', 'The first index is being built. This page goes on by itself.')
        : problemState(failure, load));
    }
    asking = false;
  };
  load();
  return live.on('status', (status) => {
    const now = `${status.serving?.generation} ${status.serving?.sequence}`;
    if (now === sequence || asking || Date.now() - askedAt < PAUSE_MILLIS) return;
    sequence = now;
    load();
  });
}

function positions(status) {
  const known = Object.entries(status?.serving?.positions ?? {});
  return known.length
    ? h('dl.partitions', null, known.map(([partition, position]) => h('div', null, h('dt', null, `partition ${partition}`), h('dd', null, count(position.offset)))))
    : h('p.muted', null, 'None yet.');
}

export function show(holder) {
  const chartsPlace = h('div.charts');
  const arrivalsPlace = h('div', null, h('div.arrivals', {'aria-hidden': 'true'}, Array.from({length: SHOWN}, () => h('div.tile.ghost', null, h('span.frame'), h('div.line')))));
  const positionsPlace = h('div');
  const rejectedPlace = h('div');
  holder.append(
    h('div.head', null, h('div', null, h('h1', null, 'Stream'), h('p', null, 'What comes in, how soon it is found, and what was turned away. The charts show what this page has seen, at most ten minutes.'))),
    h('div.stack', null,
      h('section', {'aria-label': 'Rates'}, chartsPlace),
      h('section.card.stack', {'aria-label': 'Newest images', 'data-role': 'arrivals'}, h('h2', null, 'Newest images'), arrivalsPlace),
      rejectedPlace,
      h('section.card.stack', {'aria-label': 'Positions in the log'}, h('h2', null, 'Positions in the log'),
        h('p.muted.small', null, 'Every image below these offsets is in the answers, in its newest version.'), positionsPlace)));
  const draw = () => {
    chartsPlace.replaceChildren(...charts());
    positionsPlace.replaceChildren(positions(live.status()));
  };
  draw();
  const stops = [live.on('status', draw), arrivals(arrivalsPlace), rejected.show(rejectedPlace)];
  return () => stops.forEach((stop) => stop());
}
