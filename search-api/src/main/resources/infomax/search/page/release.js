// One release: what the gate said, what was measured, where it comes from, its sheets, curves and files.
import {h, pairs, problemState} from './elements.js';
import {bytes, count, decimals, encoderName, figure, figureName, inOrder, rowName, seconds, shortDigest, time} from './format.js';
import {bars, curves} from './charts.js';
import * as api from './api.js';
import {show} from './keys.js';

const LOSSES = 'losses';
const LOSS_CHART = 'loss-chart';
export const HEADLINES = ['precisionAt10Cosine', 'ownViewHitAt1'];
const VERDICTS = {accepted: ['good', 'accepted'], rejected: ['bad', 'not good enough'], untrained: ['warn', 'untrained']};

const figureNames = (encoder) => inOrder(new Set(encoder.evaluation.flatMap((row) => Object.keys(row.figures))));

function chips(encoder) {
  const [tone, word] = VERDICTS[encoder.verdict];
  return h('span.chips', null,
    h(`span.chip.${tone}`, null, word),
    encoder.generations.map((generation) => h(generation.state === 'live' ? 'span.chip.accent' : 'span.chip', null, `generation ${generation.number}: ${generation.state.replace('_', ' ')}`)),
    encoder.barred ? h('span.chip.bad', null, 'rolled back') : null);
}

function headline(encoder) {
  const figure = HEADLINES.find((name) => encoder.evaluation.some((row) => name in row.figures));
  if (!figure) return null;
  const entries = encoder.evaluation.filter((row) => figure in row.figures).map((row) => [rowName(row.name), row.figures[figure]]);
  return h('section.stack', null, h('h3', null, `${figureName(figure)}, on held-out images`), bars(entries, rowName('candidate')));
}

function figuresTable(encoder) {
  const names = figureNames(encoder);
  if (!names.length) return null;
  return h('div.scroll', null, h('table', null,
    h('thead', null, h('tr', null, h('th', null, 'Figure'), encoder.evaluation.map((row) => h('th.n', null, rowName(row.name))))),
    h('tbody', null, names.map((name) => h('tr', null, h('td', null, figureName(name)),
      encoder.evaluation.map((row) => h('td.n', null, name in row.figures ? figure(row.figures[name]) : '–')))))));
}

function making(encoder) {
  const {training, snapshot} = encoder;
  return pairs([
    ['Preset', encoder.preset],
    ['Snapshot', snapshot && [`${count(snapshot.images - snapshot.heldOut)} images and ${count(snapshot.heldOut)} held out, `, h('span.mono', {title: `SHA-256 ${snapshot.digest}`}, shortDigest(snapshot.digest))]],
    ['Read up to', snapshot && `${count(Object.values(snapshot.positions ?? {}).reduce((sum, position) => sum + (position.offset ?? position), 0))} offsets in ${Object.keys(snapshot.positions ?? {}).length} partitions`],
    ['Passes', training && `${count(training.imagesSeen)} images in ${count(training.steps)} steps, ${seconds(training.seconds)}`],
    ['Speed', training && `${count(training.imagesPerSecond)} images/s`],
    ['Loss', training && `${decimals(training.lossFirst)} → ${decimals(training.lossLast)}`],
    ['Seed', training && String(encoder.seed)],
    ['Network', `${encoder.inputSize} × ${encoder.inputSize} px in, ${encoder.dimensions} numbers out`],
    ['int8', encoder.int8 && `${encoder.int8.onnx ? `offered (${bytes(encoder.int8.onnxBytes)})` : 'not offered'}: ${encoder.int8.reason}`],
    ['Published', time(encoder.createdAt)],
    ['SHA-256', h('span.mono', {title: encoder.digest}, `${shortDigest(encoder.digest)}… (${bytes(encoder.onnxBytes)})`)],
  ]);
}

/** The releases whose weights a release goes back to, itself last. */
function ancestry(encoder, byVersion) {
  const line = [encoder];
  for (let from = encoder.warmStartedFrom; from !== null && from !== undefined;) {
    const parent = byVersion.get(from);
    line.unshift(parent ?? {version: from});
    if (!parent || line.length > byVersion.size) break;
    from = parent.warmStartedFrom;
  }
  return line;
}

function lineage(encoder, byVersion) {
  if (!encoder.training) return null;
  const line = ancestry(encoder, byVersion);
  return h('p.lineage', {'aria-label': 'Where its weights come from'},
    line[0].training || line[0].version === 0 ? h('span', null, 'random weights') : null,
    line.filter((each) => each.version !== 0).map((each) => [
      h('span', {'aria-hidden': 'true'}, '→'),
      h(each === encoder ? 'b' : 'span', null, `encoder ${each.version}`),
    ]));
}

const artifactUrl = (encoder, artifact) => `/v1/encoders/${encoder.version}/artifacts/${encodeURIComponent(artifact.name)}`;

const artifactName = (name) => {
  const words = name.replace(/\.[a-z]+$/, '').replace(/[-_.]/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

const CURVES = [['total', 'Loss'], ['global', 'Loss, global information'], ['local', 'Loss, local information'], ['prior', 'Loss, prior']];

/** The curves in a loss history {points: [{step, total, global, local, prior}]} that have a course. */
const curvesOf = (history) => CURVES
  .map(([name, title]) => [title, history.points.filter((point) => Number.isFinite(point[name])).map((point) => [point.step, point[name]])])
  .filter(([, points]) => points.length > 1 && points.some(([, value]) => value !== points[0][1]));

async function drawCurves(encoder, artifact, place) {
  try {
    const found = curvesOf(await api.get(artifactUrl(encoder, artifact)));
    place.replaceChildren(...found.map(([title, points]) => curves(title, [{points}])));
  } catch (failure) {
    place.replaceChildren(problemState(failure));
  }
}

function picture(encoder, artifact) {
  const image = h('img', {loading: 'lazy', alt: `${artifactName(artifact.name)} of ${encoderName(encoder.version)}`});
  show(image, artifactUrl(encoder, artifact));
  return image;
}

function artifacts(encoder) {
  const tables = encoder.artifacts.filter((artifact) => artifact.name === LOSSES);
  // Curves are drawn here, to fit light and dark; their picture is for elsewhere.
  const pictures = encoder.artifacts.filter((artifact) => artifact.contentType.startsWith('image/') && !(tables.length && artifact.name === LOSS_CHART));
  const place = h('div.figures');
  return [
    pictures.length ? h('div.figures', null, pictures.map((artifact) => h('figure', null,
      h('a', {href: artifactUrl(encoder, artifact), target: '_blank', rel: 'noopener'},
        picture(encoder, artifact)),
      h('figcaption', null, artifactName(artifact.name))))) : null,
    tables.length ? place : null,
    () => tables.forEach((artifact) => drawCurves(encoder, artifact, place)),
  ];
}

/** The card of a release; `byVersion` knows those it may come from. */
export function release(encoder, byVersion, open) {
  const [pictures, curvesPlace, load] = artifacts(encoder);
  let loaded = false;
  const more = h('details', {open, ontoggle: () => {
    if (more.open && !loaded) {
      loaded = true;
      load();
    }
  }},
    h('summary', null, pictures || curvesPlace ? 'All figures, sheets and curves' : 'All figures'),
    h('div.stack', null, figuresTable(encoder), pictures, curvesPlace));
  return h('article.card.release', {'data-version': encoder.version},
    h('header', null, h('h2', null, encoderName(encoder.version)), chips(encoder)),
    h('div.release-body', null,
      h('div.stack', null,
        headline(encoder),
        encoder.reasons.length ? h('ul.reasons', null, encoder.reasons.map((reason) => h('li', null, reason.charAt(0).toUpperCase() + reason.slice(1)))) : null),
      h('div.stack', null, lineage(encoder, byVersion), making(encoder))),
    encoder.evaluation.length || pictures || curvesPlace ? more : null);
}
