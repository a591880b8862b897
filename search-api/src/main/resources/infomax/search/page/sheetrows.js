// What a sheet shows: which images, and their neighbours by one generation or by two.
import * as api from './api.js';

export const ROWS = 10;
export const NEIGHBOURS = 9;

const SAMPLE = 200;
const VALUES_MAX = 40;
const ABSENT = 'image_not_found';

/** Random numbers in [0, 1) that a seed repeats (mulberry32). */
function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function shuffled(list, seed) {
  const random = seeded(seed);
  const result = [...list];
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [result[last], result[other]] = [result[other], result[last]];
  }
  return result;
}

const single = (value) => ['string', 'number', 'boolean'].includes(typeof value);

/** Keys whose values recur, as in labels: [key, values]; ids and times are none. */
export async function labels() {
  const {images} = await api.sample(SAMPLE, 1);
  const byKey = new Map();
  for (const image of images) {
    for (const [key, value] of Object.entries(image.metadata ?? {})) {
      if (!single(value)) continue;
      if (!byKey.has(key)) byKey.set(key, []);
      byKey.get(key).push(value);
    }
  }
  return [...byKey]
    .map(([key, values]) => [key, [...new Set(values)], values.length])
    .filter(([, values, carried]) => values.length > 1 && values.length <= VALUES_MAX && values.length * 2 <= carried)
    .map(([key, values]) => [key, values.sort((left, right) => String(left).localeCompare(String(right), 'en', {numeric: true}))]);
}

/** The images of the rows: random, one of each value of a key, or some of one value. */
async function pick({seed, by}, signal) {
  if (!by) return (await api.sample(ROWS, seed, signal)).images;
  if (by.value !== undefined) {
    const {images} = await api.matching({must: [{key: by.key, eq: by.value}]}, SAMPLE, signal);
    return shuffled(images, seed).slice(0, ROWS);
  }
  const {images} = await api.sample(SAMPLE, seed, signal);
  const byValue = new Map();
  for (const image of images) {
    const value = image.metadata?.[by.key];
    if (single(value) && !byValue.has(value)) byValue.set(value, image);
  }
  return shuffled([...byValue.values()], seed).slice(0, ROWS)
    .sort((left, right) => String(left.metadata[by.key]).localeCompare(String(right.metadata[by.key]), 'en', {numeric: true}));
}

const withoutItself = (image, hits) => hits.filter((hit) => hit.id !== image.id).slice(0, NEIGHBOURS);

/** The neighbours by one generation; null where it does not hold the image (yet). */
async function side(images, generation, {metric, exact}, signal) {
  const searches = images.map(({id}) => ({id, k: NEIGHBOURS + 1, metric, exact, include: ['metadata', 'digest']}));
  try {
    const answer = await api.batch(searches, generation, signal);
    return {answer, neighbours: answer.results.map((result, row) => withoutItself(images[row], result.hits))};
  } catch (failure) {
    if (failure.code !== ABSENT) throw failure;
  }
  // One image is missing and fails them all: each for itself.
  const answers = await Promise.all(searches.map((search) => api.batch([search], generation, signal).catch((failure) => {
    if (failure.code !== ABSENT) throw failure;
    return null;
  })));
  const answer = answers.find(Boolean);
  if (!answer) throw new api.Failure('Nothing to compare yet', `Generation ${generation} holds none of these images yet.`, 'unknown', 0);
  return {answer, neighbours: answers.map((each, row) => each && withoutItself(images[row], each.results[0].hits))};
}

const about = ({answer, neighbours}) => ({
  neighbours,
  generation: answer.generation,
  encoder: answer.encoder,
  images: answer.images,
  took: answer.took,
  exact: answer.exact ?? answer.results.every((result) => result.exact),
});

/**
 * The sheet that `wanted` {seed, by, metric, exact, beside} describes: its images and one side per
 * generation, the one that answers first.
 */
export async function sheet(wanted, live, signal) {
  if (!wanted.by && !wanted.beside) {
    const answer = await api.sheet({rows: ROWS, neighbours: NEIGHBOURS, seed: wanted.seed, metric: wanted.metric, exact: wanted.exact}, signal);
    return {images: answer.rows.map((row) => row.image), sides: [about({answer, neighbours: answer.rows.map((row) => row.neighbours)})]};
  }
  const images = await pick(wanted, signal);
  if (!images.length) return {images, sides: []};
  const generations = [live, ...(wanted.beside ? [wanted.beside] : [])];
  const sides = await Promise.all(generations.map((generation) => side(images, generation, wanted, signal)));
  return {images, sides: sides.map(about)};
}

/** Ids that both sides of a row hold; null without two sides. */
export function shared(sides, row) {
  const [left, right] = sides.map((each) => each.neighbours[row]);
  if (!left || !right) return null;
  const ids = new Set(right.map((hit) => hit.id));
  return new Set(left.map((hit) => hit.id).filter((id) => ids.has(id)));
}

/** Mean share of the nine neighbours that both sides have; null if no row has two sides. */
export function overlap(images, sides) {
  const shares = images.map((_, row) => shared(sides, row)).filter(Boolean).map((ids) => ids.size / NEIGHBOURS);
  return shares.length ? shares.reduce((sum, share) => sum + share, 0) / shares.length : null;
}

/** Share of neighbours that carry their row's value of a key; null where there are none. */
export function agreement(images, neighbours, key) {
  const pairs = images.flatMap((image, row) => (image.metadata?.[key] === undefined ? []
    : (neighbours[row] ?? []).map((hit) => hit.metadata?.[key] === image.metadata[key])));
  return pairs.length ? pairs.filter(Boolean).length / pairs.length : null;
}
