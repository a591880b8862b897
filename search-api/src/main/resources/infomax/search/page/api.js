// Talking to /v1. Every failure becomes a Failure with a title and a sentence.
import {sentence} from './format.js';
import {keyedFetch} from './keys.js';

export class Failure extends Error {
  constructor(title, message, code, status) {
    super(message);
    this.title = title;
    this.code = code;
    this.status = status;
  }
}

async function call(path, options) {
  let response;
  try {
    response = await keyedFetch(path, options);
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Failure('No connection', 'The service does not answer. It may be stopping or starting; this page tries again by itself.', 'unreachable', 0);
  }
  const isJson = (response.headers.get('content-type') ?? '').includes('json');
  const body = isJson ? await response.json() : null;
  if (response.ok) return body;
  const detail = sentence(body?.detail) || `The service answered ${response.status}`;
  throw new Failure(titles[body?.code] ?? body?.title ?? 'That did not work', `${detail}.`, body?.code ?? 'unknown', response.status);
}

const titles = {
  not_ready: 'Nothing is live yet',
  image_not_found: 'This image is not in the index',
  image_rejected: 'This image cannot be read',
  overloaded: 'Too many searches at once',
  filters_unavailable: 'This generation cannot filter yet',
  generation_not_loaded: 'This generation is not loaded',
  examples_cancel_out: 'These examples cancel each other out',
  not_yet_searchable: 'Not searchable yet',
};

const post = (path, body, signal) => call(path, {
  method: 'POST',
  headers: {'content-type': 'application/json'},
  body: JSON.stringify(body),
  signal,
});

export const get = (path, signal) => call(path, {signal});

/** A search with everything in JSON. */
export const search = (body, signal) => post('/v1/search', body, signal);

/** Neighbours of an image in a file or a cut; everything else stands in the query string. */
export function searchByImage(blob, {filter, include, ...options}, signal) {
  const query = new URLSearchParams({...options, include: include.join(',')});
  if (filter) query.set('filter', JSON.stringify(filter));
  return call(`/v1/search?${query}`, {
    method: 'POST',
    headers: {'content-type': blob.type.startsWith('image/') ? blob.type : 'application/octet-stream'},
    body: blob,
    signal,
  });
}

/** Several searches by one generation. */
export const batch = (searches, generation, signal) => post('/v1/search/batch', {searches, generation}, signal);

/** The bytes of a blob in base64. */
export async function base64(blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = '';
  // In slices: a call takes no million arguments.
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

export const image = (id) => get(`/v1/images/${encodeURIComponent(id)}`);
export const sample = (count, seed, signal) => get(`/v1/images?sample=${count}&seed=${seed}`, signal);
export const newest = (count) => get(`/v1/images?newest=${count}`);
export const matching = (filter, limit, signal) =>
  get(`/v1/images?${new URLSearchParams({filter: JSON.stringify(filter), limit})}`, signal);
export const sheet = ({rows, seed, metric, exact}, signal) =>
  get(`/v1/sheet?${new URLSearchParams({rows, seed, metric, exact})}`, signal);

export const train = (body) => post('/v1/trainings', body);
export const cancel = (training, body) => post(`/v1/trainings/${encodeURIComponent(training)}/cancel`, body);
export const rollback = (body) => post('/v1/rollback', body);
export const pause = (body) => post('/v1/pause', body);
export const resume = (body) => post('/v1/resume', body);
export const reject = (generation, body) => post(`/v1/generations/${generation}/reject`, body);
export const promote = (generation, body) => post(`/v1/generations/${generation}/promote`, body);

/** Who took a request may not have read it back from the log yet, and another replica may be a moment behind. */
const UNREAD_MILLIS_MAX = 5_000;

/** Follows a request that was accepted until it is final; `limitMillis` bounds the wait. */
export async function outcome(id, limitMillis = 60_000) {
  const begun = Date.now();
  for (;;) {
    const request = await get(`/v1/requests/${id}`).catch((failure) => {
      if (failure.status !== 404 || Date.now() - begun > UNREAD_MILLIS_MAX) throw failure;
      return {status: 'pending'};
    });
    if (!['pending', 'running'].includes(request.status) || Date.now() - begun > limitMillis) return request;
    await new Promise((resolve) => setTimeout(resolve, 400));
  }
}
