// What is asked for, as the address says it (#/search?…) and as the service wants it.

export const K_DEFAULT = 24;
export const K_MAX = 200;

/** Values of a condition are written as JSON, so that the text "1" and the number 1 stay apart. */
const conditionText = ({key, value}) => `${key}:${JSON.stringify(value)}`;

function condition(text) {
  const at = text.indexOf(':');
  try {
    const value = JSON.parse(text.slice(at + 1));
    return at > 0 && ['string', 'number', 'boolean'].includes(typeof value) ? {key: text.slice(0, at), value} : null;
  } catch {
    return null;
  }
}

function part(text) {
  const numbers = (text ?? '').split(',').map(Number);
  return numbers.length === 4 && numbers.every((each) => Number.isInteger(each) && each >= 0) && numbers[2] > 0 && numbers[3] > 0 ? numbers : null;
}

/** The question in an address; what cannot be read is left out. */
export function read(parameters) {
  const k = Number(parameters.get('k'));
  return {
    id: parameters.get('id'),
    upload: parameters.get('upload'),
    crop: part(parameters.get('crop')),
    plus: parameters.getAll('plus'),
    minus: parameters.getAll('minus'),
    k: Number.isInteger(k) && k >= 1 && k <= K_MAX ? k : K_DEFAULT,
    metric: parameters.get('metric') === 'euclidean' ? 'euclidean' : 'cosine',
    exact: parameters.get('exact') === '1',
    must: parameters.getAll('must').map(condition).filter(Boolean),
    mustNot: parameters.getAll('not').map(condition).filter(Boolean),
  };
}

/** The address of a question; what is as usual is left out. */
export function address(question) {
  const {id, upload, crop, plus, minus, k, metric, exact, must, mustNot} = question;
  const parameters = new URLSearchParams();
  if (id) parameters.set('id', id);
  if (upload) parameters.set('upload', upload);
  if (upload && crop) parameters.set('crop', crop.join(','));
  plus.forEach((each) => parameters.append('plus', each));
  minus.forEach((each) => parameters.append('minus', each));
  if (k !== K_DEFAULT) parameters.set('k', k);
  if (metric !== 'cosine') parameters.set('metric', metric);
  if (exact) parameters.set('exact', '1');
  must.forEach((each) => parameters.append('must', conditionText(each)));
  mustNot.forEach((each) => parameters.append('not', conditionText(each)));
  const text = parameters.toString();
  return text ? `#/search?${text}` : '#/search';
}

/** Something to search from: an image, or an example to be like. */
export const asks = (question) => Boolean(question.id || question.upload || question.plus.length);

export const steered = (question) => question.plus.length + question.minus.length > 0;

/** The same way of searching from nowhere. */
export const fresh = (question) => ({...question, id: null, upload: null, crop: null, plus: [], minus: []});

/** The same way of searching from an indexed image. */
export const from = (question, id) => ({...fresh(question), id});

/** One of the examples taken away; without its image the first example to be like takes its place. */
export function without(question, id) {
  const less = {...question, plus: question.plus.filter((each) => each !== id), minus: question.minus.filter((each) => each !== id)};
  return asks(less) ? less : fresh(question);
}

/** Steered towards an image (`plus`) or away from it (`minus`). */
export function towards(question, id, side) {
  const cleared = {...question, plus: question.plus.filter((each) => each !== id), minus: question.minus.filter((each) => each !== id)};
  return {...cleared, [side]: [...cleared[side], id]};
}

/** Without the image it began with. */
export const withoutStart = (question) => ({...question, id: null, upload: null, crop: null});

export const same = (left, right) => left.key === right.key && left.value === right.value;

/** The filter as the service takes it; null without one. Several values that a key must have are alternatives. */
export function filter({must, mustNot}) {
  if (!must.length && !mustNot.length) return null;
  const byKey = Map.groupBy(must, (each) => each.key);
  return {
    ...(must.length ? {must: [...byKey].map(([key, list]) => (list.length === 1 ? {key, eq: list[0].value} : {key, in: list.map((each) => each.value)}))} : {}),
    ...(mustNot.length ? {must_not: mustNot.map(({key, value}) => ({key, eq: value}))} : {}),
  };
}
