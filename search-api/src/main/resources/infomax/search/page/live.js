// What the service says by itself: one event stream for the whole page.
import {KeyedEventSource} from './keys.js';

const listeners = new Map();
let lastStatus = null;
let connection = 'connecting';
let refused = null;

/** Calls `listener` with every later event of a name; returns the way to stop. */
export function on(name, listener) {
  if (!listeners.has(name)) listeners.set(name, new Set());
  listeners.get(name).add(listener);
  return () => listeners.get(name).delete(listener);
}

/** The newest status, null before the first. */
export const status = () => lastStatus;

/** connecting, open or lost. */
export const connectionState = () => connection;

/** Why it is lost, in the service's own words; null if the service said nothing. */
export const refusal = () => refused;

function tell(name, value) {
  for (const listener of listeners.get(name) ?? []) listener(value);
}

function become(state, why = null) {
  if (connection === state && refused === why) return;
  connection = state;
  refused = why;
  tell('connection', state);
}

let source = null;

/**
 * Follows the service while somebody looks at the page. A browser has six connections to one address
 * for all its tabs: a page that nobody sees must not hold one, or the seventh shows no image.
 */
export function connect() {
  const follow = () => (document.visibilityState === 'hidden' ? close() : open());
  document.addEventListener('visibilitychange', follow);
  window.addEventListener('pagehide', close);
  window.addEventListener('pageshow', follow);
  follow();
}

function close() {
  source?.close();
  source = null;
  become('connecting');
}

function open() {
  if (source) return;
  const opened = new KeyedEventSource('/v1/events');
  source = opened;
  opened.addEventListener('open', () => become('open'));
  opened.addEventListener('error', () => {
    become('lost', opened.refusal);
    // The browser tries again by itself unless the answer was a refusal.
    if (opened.readyState === EventSource.CLOSED) {
      setTimeout(() => {
        if (source !== opened) return;
        source = null;
        open();
      }, 2000);
    }
  });
  opened.addEventListener('status', (event) => {
    become('open');
    lastStatus = JSON.parse(event.data);
    tell('status', lastStatus);
  });
  for (const name of ['training', 'roll', 'rejected']) {
    opened.addEventListener(name, (event) => tell(name, JSON.parse(event.data)));
  }
}
