// Talking to /v1. Every failure becomes a Failure with a title and a sentence.
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
  const detail = body?.detail ? body.detail.charAt(0).toUpperCase() + body.detail.slice(1) : `The service answered ${response.status}`;
  throw new Failure(titles[body?.code] ?? body?.title ?? 'That did not work', `${detail}.`, body?.code ?? 'unknown', response.status);
}

const titles = {
  not_ready: 'Nothing is live yet',
  image_not_found: 'This image is not in the index',
  image_rejected: 'This image cannot be read',
  overloaded: 'Too many searches at once',
  not_yet_searchable: 'Not searchable yet',
};

const post = (path, body) => call(path, {
  method: 'POST',
  headers: {'content-type': 'application/json'},
  body: JSON.stringify(body),
});

export const get = (path, signal) => call(path, {signal});

/** Neighbours of an indexed image. */
export const searchById = (id, {k, metric, exact}) =>
  post('/v1/search', {id, k, metric, exact, include: ['metadata', 'digest']});

/** Neighbours of an image in a file. */
export function searchByImage(file, {k, metric, exact}) {
  const query = new URLSearchParams({k, metric, exact, include: 'metadata,digest'});
  return call(`/v1/search?${query}`, {
    method: 'POST',
    headers: {'content-type': file.type.startsWith('image/') ? file.type : 'application/octet-stream'},
    body: file,
  });
}

export const image = (id) => get(`/v1/images/${encodeURIComponent(id)}`);
export const sample = (count, seed) => get(`/v1/images?sample=${count}&seed=${seed}`);
export const sheet = ({rows, seed, metric, exact}, signal) =>
  get(`/v1/sheet?${new URLSearchParams({rows, seed, metric, exact})}`, signal);

export const train = (body) => post('/v1/trainings', body);
export const rollback = (body) => post('/v1/rollback', body);
export const promote = (generation, body) => post(`/v1/generations/${generation}/promote`, body);

/** Follows a request until it is final; `limitMillis` bounds the wait. */
export async function outcome(id, limitMillis = 60_000) {
  const deadline = Date.now() + limitMillis;
  for (;;) {
    const request = await get(`/v1/requests/${id}`);
    if (!['pending', 'running'].includes(request.status) || Date.now() > deadline) return request;
    await new Promise((resolve) => setTimeout(resolve, 400));
  }
}
