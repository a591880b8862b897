// Rejected images: what could not become an image, and why. A part of the stream's view.
import {h, keepingFocus, emptyState, problemState} from './elements.js';
import {bytes, count, time} from './format.js';
import * as api from './api.js';
import * as live from './live.js';

const KEPT_MAX = 100;

const words = (code) => code.replaceAll('_', ' ');

/** Fills a holder and follows; returns the way to stop. */
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
    keepingFocus(filter, () => filter.replaceChildren(...(byReason.size < 2 ? [] : [[null, items.length], ...[...byReason].map(([reason, list]) => [reason, list.length])].map(([reason, number]) =>
      h('button.filter', {type: 'button', 'data-key': `reason ${reason}`, 'aria-pressed': String(chosen === reason), onclick: () => { chosen = reason; draw(); }},
        reason === null ? 'all' : words(reason), h('small', null, count(number)))))));
    const shown = items.filter((item) => chosen === null || item.reason === chosen);
    place.replaceChildren(shown.length
      ? h('div.scroll.tall', {tabindex: 0, role: 'region', 'aria-label': 'Rejected images'}, h('table.records', null,
        h('thead', null, h('tr', null, ['When', 'Reason', 'What was wrong', 'Key'].map((name) => h('th', {scope: 'col'}, name)), h('th.n', {scope: 'col'}, 'Size'), h('th', {scope: 'col'}, 'Looks like'))),
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

  holder.append(h('section.card.stack', {'aria-label': 'Rejected', 'data-role': 'rejected'},
    h('div.head', null, h('div', null, h('h2', null, 'Rejected'),
      h('p.small', null, `The newest ${count(KEPT_MAX)}. The original bytes stay in the topic images.rejected; they are described here, never shown.`)), filter),
    place));
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
