// Rejected: what could not become an image, and why.
import {h, emptyState, problemState} from './elements.js';
import {bytes, count, time} from './format.js';
import * as api from './api.js';
import * as live from './live.js';

const KEPT_MAX = 100;

const words = (code) => code.replaceAll('_', ' ');

export function show(holder) {
  let items = [];
  let chosen = null;
  const place = h('div', null);
  const filter = h('div.chips', {role: 'group', 'aria-label': 'Reasons'});

  const row = (item, fresh) => h(fresh ? 'tr.fresh' : 'tr', null,
    h('td.num', null, time(item.at)),
    h('td', null, h('span.chip.bad', null, words(item.reason))),
    h('td', null, item.message),
    h('td.mono', null, h('span.excerpt', {title: item.key ?? ''}, item.key ?? 'no key')),
    h('td.n', null, bytes(item.bytes)),
    h('td', null, item.kind, item.excerpt ? h('span.excerpt.mono', {title: item.excerpt}, item.excerpt) : null));

  const draw = (freshOffset) => {
    const byReason = Map.groupBy(items, (item) => item.reason);
    if (chosen && !byReason.has(chosen)) chosen = null;
    filter.replaceChildren(...(byReason.size < 2 ? [] : [[null, items.length], ...[...byReason].map(([reason, list]) => [reason, list.length])].map(([reason, number]) =>
      h('button.filter', {type: 'button', 'aria-pressed': String(chosen === reason), onclick: () => { chosen = reason; draw(); }},
        `${reason === null ? 'all' : words(reason)} ${number}`))));
    const shown = items.filter((item) => chosen === null || item.reason === chosen);
    place.replaceChildren(shown.length
      ? h('div.card.scroll', null, h('table.records', null,
        h('thead', null, h('tr', null, ['When', 'Reason', 'What was wrong', 'Key'].map((name) => h('th', null, name)), h('th.n', null, 'Size'), h('th', null, 'Looks like'))),
        h('tbody', null, shown.map((item) => row(item, item.offset === freshOffset)))))
      : emptyState('Nothing was rejected', 'What cannot be read as an image ends up here with its reason, and stops nothing.'));
  };

  const load = async () => {
    try {
      ({rejected: items} = await api.get('/v1/rejected'));
      draw();
    } catch (failure) {
      place.replaceChildren(problemState(failure, load));
    }
  };

  holder.append(
    h('div.head', null, h('div', null, h('h1', null, 'Rejected images'),
      h('p', null, `The newest ${count(KEPT_MAX)}, as they come in. The original bytes stay in the topic images.rejected; they are described here, never shown.`)), filter),
    place);
  load();
  const stops = [
    live.on('rejected', (item) => {
      items = [item, ...items.filter((other) => other.offset !== item.offset)].slice(0, KEPT_MAX);
      draw(item.offset);
    }),
    // What was rejected while nobody was told is read again.
    live.on('connection', (state) => state === 'open' && load()),
  ];
  return () => stops.forEach((stop) => stop());
}
