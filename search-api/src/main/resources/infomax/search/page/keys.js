// The page's API key, where the service wants one: asked for once, kept for this tab only, and sent as a header. Nothing here is a
// cookie, so no other page can use it. Images and the event stream are fetched, since a browser sends no such header for them itself.
import {sentence} from './format.js';

const STORED = 'infomax-key';

/** The key of this tab, null if none was asked for. */
export const key = () => sessionStorage.getItem(STORED);

const withKey = (options) => {
  const headers = new Headers(options?.headers);
  if (key()) headers.set('authorization', `Bearer ${key()}`);
  return {...options, headers};
};

/** `fetch` with the key; where it is missing, refused or may not do this another one is asked for, and the call made again. */
export async function keyedFetch(path, options) {
  for (;;) {
    const used = key();
    const response = await fetch(path, withKey(options));
    const refusal = await keyRefusal(response, used);
    if (!refusal) return response;
    if (key() === used && !(await ask(refusal))) return response;
  }
}

/** The problem in an answer, null if it has none; the answer can still be read. */
const problem = (response) => response.clone().json().catch(() => null);

/** Why an answer wants another key; null if it wants none. Without the scope read there is nothing to see behind the question. */
async function keyRefusal(response, used) {
  if (response.status === 401) {
    return {
      title: 'This service needs a key',
      text: used
        ? 'The key of this tab is not let in (any more). Enter another one.'
        : 'Enter an API key with the scope read; training and rolling back need admin. It is kept until this tab is closed.',
      mayLeave: false,
    };
  }
  if (response.status !== 403) return null;
  const {code, detail, scope} = (await problem(response)) ?? {};
  if (code !== 'scope_missing') return null;
  return {title: 'This needs another key', text: `${sentence(detail)}. Enter a key that has it; this tab uses it from then on.`, mayLeave: scope !== 'read'};
}

let asking = null;

/** One question at a time, however many calls wait; true once there is a key. */
function ask(refusal) {
  asking ??= new Promise((answered) => {
    const dialog = document.createElement('dialog');
    dialog.setAttribute('aria-label', 'API key');
    dialog.dataset.role = 'key';
    const form = document.createElement('form');
    form.method = 'dialog';
    const title = document.createElement('h2');
    title.textContent = refusal.title;
    const text = document.createElement('p');
    text.className = 'muted';
    text.textContent = refusal.text;
    const label = document.createElement('label');
    label.className = 'field';
    const input = document.createElement('input');
    Object.assign(input, {type: 'password', name: 'key', required: true, autocomplete: 'off'});
    label.append('Key', input);
    const actions = document.createElement('div');
    actions.className = 'actions';
    const send = document.createElement('button');
    Object.assign(send, {type: 'submit', className: 'main', value: 'use', textContent: 'Use this key'});
    if (refusal.mayLeave) {
      const leave = document.createElement('button');
      Object.assign(leave, {type: 'button', textContent: 'Cancel'});
      leave.addEventListener('click', () => dialog.close());
      actions.append(leave);
    }
    actions.append(send);
    form.append(title, text, label, actions);
    dialog.append(form);
    dialog.addEventListener('cancel', (event) => refusal.mayLeave || event.preventDefault());
    dialog.addEventListener('close', () => {
      const given = dialog.returnValue === 'use' ? input.value.trim() : '';
      if (given) sessionStorage.setItem(STORED, given);
      dialog.remove();
      asking = null;
      answered(Boolean(given));
    });
    document.body.append(dialog);
    dialog.showModal();
  });
  return asking;
}

/** Shows an image of the service; its own `load` and `error` events tell how it went. */
export function show(image, source) {
  if (!source.startsWith('/v1/')) {
    image.src = source;
  } else if (key()) {
    fetchInto(image, source);
  } else {
    // It may be the first to hear that a key is needed; an image does not say why it failed.
    image.addEventListener('error', (event) => {
      event.stopImmediatePropagation();
      fetchInto(image, source);
    }, {once: true, capture: true});
    image.src = source;
  }
}

function fetchInto(image, source) {
  keyedFetch(source)
    .then((response) => (response.ok ? response.blob() : Promise.reject(new Error(response.statusText))))
    .then((blob) => {
      const address = URL.createObjectURL(blob);
      const free = () => URL.revokeObjectURL(address);
      image.addEventListener('load', free, {once: true});
      image.addEventListener('error', free, {once: true});
      image.src = address;
    })
    .catch(() => image.dispatchEvent(new Event('error')));
}

// A link cannot send a header either.
document.addEventListener('click', async (event) => {
  const link = event.target.closest?.('a[href^="/v1/"]');
  if (!link || !key()) return;
  event.preventDefault();
  const response = await keyedFetch(link.getAttribute('href'));
  if (!response.ok) return;
  const address = URL.createObjectURL(await response.blob());
  const download = document.createElement('a');
  download.href = address;
  download.download = link.download || link.getAttribute('href').split('/').pop();
  download.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
});

/** As much of `EventSource` as the page uses (WHATWG HTML, 9.2), with the key. Does not try again by itself. */
export class KeyedEventSource extends EventTarget {
  #abort = new AbortController();
  readyState = EventSource.CONNECTING;
  /** What the service said when it refused the stream; null if it did not refuse it. */
  refusal = null;

  constructor(path) {
    super();
    this.#read(path);
  }

  close() {
    this.readyState = EventSource.CLOSED;
    this.#abort.abort();
  }

  async #read(path) {
    try {
      const response = await keyedFetch(path, {signal: this.#abort.signal, cache: 'no-store'});
      if (!response.ok) {
        this.refusal = (await problem(response))?.detail ?? `the service answered ${response.status}`;
        throw new Error(this.refusal);
      }
      this.readyState = EventSource.OPEN;
      this.dispatchEvent(new Event('open'));
      let rest = '';
      for await (const text of chunks(response.body)) {
        const blocks = (rest + text).split('\n\n');
        rest = blocks.pop();
        blocks.forEach((block) => this.#tell(block));
      }
    } catch {
      // Said by the error below, as an EventSource does.
    }
    if (this.readyState === EventSource.CLOSED) return;
    this.readyState = EventSource.CLOSED;
    this.dispatchEvent(new Event('error'));
  }

  #tell(block) {
    let name = 'message';
    const data = [];
    for (const line of block.split('\n')) {
      if (line.startsWith('event: ')) name = line.slice(7);
      else if (line.startsWith('data: ')) data.push(line.slice(6));
    }
    if (data.length) this.dispatchEvent(new MessageEvent(name, {data: data.join('\n')}));
  }
}

async function* chunks(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const {value, done} = await reader.read();
    if (done) return;
    yield value;
  }
}
