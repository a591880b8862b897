// Building elements. Text is always set as text, never parsed as markup.
import {show} from './keys.js';

const SVG = 'http://www.w3.org/2000/svg';

/** Fills an element: `on…` members are listeners, `class` and the rest attributes, false is left out. */
function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** An HTML element: h('p.note.small', {id: 'x'}, 'text', otherElement). */
export function h(selector, attributes, ...children) {
  const [tag, ...classes] = selector.split('.');
  const element = document.createElement(tag || 'div');
  if (classes.length) element.className = classes.join(' ');
  return fill(element, attributes, children);
}

/** An SVG element. */
export function s(tag, attributes, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** The address of an image's bytes; with its digest the browser may keep them for good. */
export function contentUrl(id, digest) {
  const base = `/v1/images/${encodeURIComponent(id)}/content`;
  return digest ? `${base}?digest=${digest}` : base;
}

/** A square frame with an image in it; small images keep their pixels, missing ones say so. */
export function frame(source, alternative, {lazy = false} = {}) {
  const image = h('img', {alt: alternative, decoding: 'async', loading: lazy && 'lazy', draggable: 'false'});
  const holder = h('span.frame', null, image);
  image.addEventListener('load', () => image.classList.toggle('coarse', image.naturalWidth <= 64));
  image.addEventListener('error', () => {
    image.remove();
    holder.dataset.missing = '';
  });
  show(image, source);
  return holder;
}

/** A choice of a few values shown side by side. */
export function segments(legend, name, options, chosen, choose) {
  return h('div.segments', {role: 'radiogroup', 'aria-label': legend},
    options.map(([value, label]) => h('label', null,
      h('input', {type: 'radio', name, value, checked: value === chosen, 'data-key': `${name}-${value}`, onchange: () => choose(value)}),
      h('span', null, label))));
}

/** How far something is, 0 to 1. */
export function progressBar(share, label) {
  const percent = Math.max(0, Math.min(100, share * 100));
  const inner = h('span');
  inner.style.width = `${percent}%`;
  return h('div.progress.wide', {role: 'progressbar', 'aria-label': label, 'aria-valuemin': 0, 'aria-valuemax': 100, 'aria-valuenow': Math.round(percent)}, inner);
}

/** Pairs of term and description. */
export function pairs(entries) {
  return h('dl.pairs', null, entries
    .filter(([, value]) => value !== null && value !== undefined && value !== '')
    .map(([term, value]) => [h('dt', null, term), h('dd', null, value)]));
}

/** A page state without content: nothing there yet, or waiting. */
export function emptyState(title, text, ...more) {
  return h('div.state', null, h('h2', null, title), h('p', null, text), more);
}

/** What went wrong, and a way to try again. */
export function problemState(problem, again) {
  return h('div.problem', {role: 'alert'},
    h('h2', null, problem.title),
    h('p', null, problem.message),
    // What the service refuses for what it is, it refuses again.
    again && !(problem.status >= 400 && problem.status < 500) && h('button', {type: 'button', onclick: again}, 'Try again'));
}

/**
 * Draws anew and leaves the keyboard where it was: on the element with the same `data-key`, or where
 * that is gone, on `otherwise`.
 */
export function keepingFocus(holder, draw, otherwise) {
  const focused = holder.contains(document.activeElement) ? document.activeElement : null;
  const key = focused?.dataset.key;
  draw();
  if (!focused || focused.isConnected) return;
  const again = key && [...holder.querySelectorAll('[data-key]')].find((element) => element.dataset.key === key && !element.disabled);
  (again ?? otherwise?.())?.focus({preventScroll: true});
}

let toastsHolder;

/** Says something for a few seconds. */
export function toast(text) {
  toastsHolder ??= document.getElementById('toasts');
  const note = h('p.toast', null, text);
  toastsHolder.append(note);
  setTimeout(() => note.remove(), 7000);
}
