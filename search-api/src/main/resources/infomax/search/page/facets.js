// Filters: the metadata seen in results, offered as conditions, and the conditions that hold.
import {h} from './elements.js';
import {count} from './format.js';
import * as question from './question.js';

const VALUES_SHOWN_MAX = 10;
const VALUES_OPENED_MAX = 60;
const VALUES_KEPT_MAX = 200;

/** key -> JSON of a value -> the value; what answers have shown since the page was opened. */
const seen = new Map();

const valuesOf = (value) => (Array.isArray(value) ? value : [value]);

/** Takes note of what images carry. */
export function note(images) {
  for (const image of images) {
    for (const [key, value] of Object.entries(image.metadata ?? {})) {
      if (!seen.has(key)) seen.set(key, new Map());
      const values = seen.get(key);
      for (const each of valuesOf(value)) {
        if (values.size < VALUES_KEPT_MAX) values.set(JSON.stringify(each), each);
      }
    }
  }
}

const text = ({key, value}) => `${key} = ${typeof value === 'string' ? value : JSON.stringify(value)}`;

/** Conditions that hold; each can be turned around and taken away. */
export function chosen(asked, go) {
  const chip = (condition, side, other, words) => {
    const rest = {...asked, [side]: asked[side].filter((each) => !question.same(each, condition))};
    return h(side === 'must' ? 'span.condition' : 'span.condition.not', {'data-condition': text(condition)},
      h('button', {type: 'button', 'data-key': `turn ${text(condition)}`, title: side === 'must' ? 'Turn into must not' : 'Turn into must',
        'aria-label': `${words} ${text(condition)}; turn around`,
        onclick: () => go({...rest, [other]: [...rest[other], condition]})}, h('b', null, words), ` ${text(condition)}`),
      h('button.take', {type: 'button', 'data-key': `take ${text(condition)}`, 'aria-label': `Take away: ${words} ${text(condition)}`, onclick: () => go(rest)}, '×'));
  };
  return [
    // Values of one key are alternatives.
    ...asked.must.map((condition, ordinal) => chip(condition, 'must', 'mustNot', asked.must.findIndex((each) => each.key === condition.key) < ordinal ? 'or' : 'must')),
    ...asked.mustNot.map((condition) => chip(condition, 'mustNot', 'must', 'must not')),
  ];
}

function counts(hits) {
  const found = new Map();
  for (const hit of hits) {
    for (const [key, value] of Object.entries(hit.metadata ?? {})) {
      for (const each of valuesOf(value)) {
        const name = `${key} ${JSON.stringify(each)}`;
        found.set(name, (found.get(name) ?? 0) + 1);
      }
    }
  }
  return found;
}

/** What can be filtered by, the values of these hits first. */
export function panel(asked, hits, go) {
  if (!seen.size) return null;
  const found = counts(hits);
  const taken = [...asked.must, ...asked.mustNot];
  const groups = [...seen].sort(([left, some], [right, others]) => some.size - others.size || (left < right ? -1 : 1)).map(([key, values]) => {
    const offered = [...values.values()].map((value) => ({key, value, number: found.get(`${key} ${JSON.stringify(value)}`) ?? 0}))
      .filter((each) => !taken.some((other) => question.same(other, each)))
      .sort((left, right) => right.number - left.number || String(left.value).localeCompare(String(right.value), 'en', {numeric: true}));
    if (!offered.length) return null;
    const button = ({value, number}) => h('button.filter', {type: 'button', 'data-key': `value ${text({key, value})}`, 'data-value': text({key, value}),
      'aria-label': `Only ${text({key, value})}${number ? `, ${number} of these` : ''}`,
      onclick: () => go({...asked, must: [...asked.must, {key, value}]})},
      typeof value === 'string' ? value : JSON.stringify(value), number ? h('small', null, count(number)) : null);
    // Where every image has a value of its own there is little to choose from.
    if (offered.length > VALUES_SHOWN_MAX && offered[0].number <= 1) {
      return h('details.facet', null, h('summary', null, `${key}, ${count(offered.length)} values`), h('div.chips', null, offered.slice(0, VALUES_OPENED_MAX).map(button)));
    }
    const rest = offered.slice(VALUES_SHOWN_MAX, VALUES_OPENED_MAX);
    return h('div.facet', null, h('h3', null, key),
      h('div.chips', null, offered.slice(0, VALUES_SHOWN_MAX).map(button),
        rest.length ? h('details', null, h('summary', null, `${rest.length} more`), h('div.chips', null, rest.map(button))) : null));
  }).filter(Boolean);
  return groups.length ? h('section.card.stack', {'aria-label': 'Filter', 'data-role': 'facets'}, h('h2', null, 'Filter'), groups) : null;
}
