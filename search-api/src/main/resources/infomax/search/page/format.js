// Numbers, times and names as people read them.

const whole = new Intl.NumberFormat('en');

export const count = (value) => (value === null || value === undefined ? '–' : whole.format(Math.round(value)));

export function decimals(value, digits = 3) {
  return value === null || value === undefined || !Number.isFinite(value) ? '–' : value.toFixed(digits);
}

/** A score: minus sign instead of a hyphen, three decimals. */
export const score = (value) => decimals(value, Math.abs(value) >= 100 ? 1 : 3).replace('-', '−');

/** Milliseconds: 12 ms, 0.84 s, 4.2 s, 3 min. */
export function millis(value) {
  if (value === null || value === undefined) return '–';
  if (value < 100) return `${Math.round(value)} ms`;
  if (value < 1000) return `${(value / 1000).toFixed(2)} s`;
  return seconds(value / 1000);
}

/** Seconds: 4.2 s, 48 s, 1 min 20 s, 2 h 5 min. */
export function seconds(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  if (value < 10) return `${value.toFixed(1)} s`;
  if (value < 60) return `${Math.round(value)} s`;
  if (value < 3600) return `${Math.floor(value / 60)} min ${Math.round(value % 60)} s`;
  return `${Math.floor(value / 3600)} h ${Math.round((value % 3600) / 60)} min`;
}

export function bytes(value) {
  if (value < 1024) return `${value} B`;
  if (value < 1024 * 1024) return `${(value / 1024).toFixed(1)} KiB`;
  return `${(value / 1024 / 1024).toFixed(1)} MiB`;
}

/** Time of day today, date and time otherwise. */
export function time(instant) {
  if (!instant) return '–';
  const date = new Date(instant);
  const clock = date.toLocaleTimeString('en-GB');
  return date.toDateString() === new Date().toDateString()
    ? clock
    : `${date.toLocaleDateString('en-GB', {day: 'numeric', month: 'short'})} ${clock}`;
}

export const shortDigest = (digest) => (digest ? digest.slice(0, 10) : '');

const FIGURES = new Map([
  ['precisionAt10Cosine', 'Precision@10, cosine'],
  ['precisionAt10Euclidean', 'Precision@10, Euclidean'],
  ['ownViewHitAt1', 'Own view, hit@1'],
  ['linearProbeAccuracy', 'Linear probe, accuracy'],
  ['effectiveRank', 'Effective rank'],
  ['informationGlobalNats', 'Information, global (nats)'],
  ['informationLocalNats', 'Information, local (nats)'],
  ['meanCosine', 'Cosine of random pairs, mean'],
  ['zMean', 'Mean of z'],
  ['zStdMin', 'Deviation of z, lowest'],
  ['zStdMean', 'Deviation of z, mean'],
  ['zStdMax', 'Deviation of z, highest'],
  ['labelledQueries', 'Labelled queries'],
]);

/** Figures in the order in which they matter; unknown ones last. */
export function inOrder(names) {
  const order = [...FIGURES.keys()];
  const rank = (name) => (FIGURES.has(name) ? order.indexOf(name) : order.length);
  return [...names].sort((left, right) => rank(left) - rank(right));
}

/** A figure: counts as such, everything else with three decimals. */
export const figure = (value) => (Number.isInteger(value) && Math.abs(value) > 1 ? count(value) : decimals(value));

/** What the service says, as the beginning of a sentence. */
export const sentence = (text) => (text ? text.charAt(0).toUpperCase() + text.slice(1) : '');

/** "precisionAt10Cosine" -> "Precision@10, cosine"; an unknown name in words. */
export function figureName(name) {
  if (FIGURES.has(name)) return FIGURES.get(name);
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/[-_.]/g, ' ').toLowerCase();
  return sentence(words);
}

/** Names of the compared encoders. */
export function rowName(name) {
  const known = {pixels: 'Raw pixels', histogram: 'Colour histogram', 'random-weights': 'Random weights', live: 'Live encoder', candidate: 'This encoder'};
  return known[name] ?? name;
}

export const encoderName = (version) => (version === 0 ? 'Release 0, untrained' : `Encoder ${version}`);

export const stateName = (state) => ({caught_up: 'caught up'}[state] ?? state);
