// What the service says by itself: one event stream for the whole page.

const listeners = new Map();
let lastStatus = null;
let connection = 'connecting';

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

function tell(name, value) {
  for (const listener of listeners.get(name) ?? []) listener(value);
}

function become(state) {
  if (connection === state) return;
  connection = state;
  tell('connection', state);
}

export function connect() {
  const source = new EventSource('/v1/events');
  source.addEventListener('open', () => become('open'));
  source.addEventListener('error', () => {
    become('lost');
    // The browser tries again by itself unless the answer was a refusal.
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, 2000);
  });
  source.addEventListener('status', (event) => {
    become('open');
    lastStatus = JSON.parse(event.data);
    tell('status', lastStatus);
  });
  for (const name of ['training', 'roll', 'rejected']) {
    source.addEventListener(name, (event) => tell(name, JSON.parse(event.data)));
  }
}
