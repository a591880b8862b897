// Encoders: every release with what was measured, newest first.
import {h, pairs, emptyState, problemState} from './elements.js';
import {bytes, count, decimals, encoderName, figure, figureName, inOrder, rowName, seconds, shortDigest, time} from './format.js';
import {bars, curve} from './charts.js';
import * as api from './api.js';
import * as dialogs from './dialogs.js';
import * as live from './live.js';

const LOSSES = 'losses';
const LOSS_CHART = 'loss-chart';
const HEADLINES = ['precisionAt10Cosine', 'ownViewHitAt1'];
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

function training(encoder) {
  const {training, snapshot} = encoder;
  return pairs([
    ['Preset', encoder.preset],
    ['Trained on', snapshot && `${count(snapshot.images - snapshot.heldOut)} images, ${count(snapshot.heldOut)} more held out`],
    ['Passes', training && `${count(training.imagesSeen)} images in ${count(training.steps)} steps, ${seconds(training.seconds)}`],
    ['Speed', training && `${count(training.imagesPerSecond)} images/s`],
    ['Loss', training && `${decimals(training.lossFirst)} → ${decimals(training.lossLast)}`],
    ['Began with', training && (encoder.warmStartedFrom === null || encoder.warmStartedFrom === undefined ? 'fresh weights' : `weights of encoder ${encoder.warmStartedFrom}`)],
    ['Network', `${encoder.inputSize} × ${encoder.inputSize} px in, ${encoder.dimensions} numbers out`],
    ['int8', encoder.int8 && `${encoder.int8.onnx ? `offered (${bytes(encoder.int8.onnxBytes)})` : 'not offered'}: ${encoder.int8.reason}`],
    ['Published', time(encoder.createdAt)],
    ['SHA-256', h('span.mono', {title: encoder.digest}, `${shortDigest(encoder.digest)}… (${bytes(encoder.onnxBytes)})`)],
  ]);
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

async function curves(encoder, artifact, place) {
  try {
    const found = curvesOf(await api.get(artifactUrl(encoder, artifact)));
    place.replaceChildren(...found.map(([title, points]) => curve(title, points)));
  } catch (failure) {
    place.replaceChildren(problemState(failure));
  }
}

function artifacts(encoder) {
  const tables = encoder.artifacts.filter((artifact) => artifact.name === LOSSES);
  // Curves are drawn here, to fit light and dark; their picture is for elsewhere.
  const pictures = encoder.artifacts.filter((artifact) => artifact.contentType.startsWith('image/') && !(tables.length && artifact.name === LOSS_CHART));
  const place = h('div.figures');
  return [
    pictures.length ? h('div.figures', null, pictures.map((artifact) => h('figure', null,
      h('a', {href: artifactUrl(encoder, artifact), target: '_blank', rel: 'noopener'},
        h('img', {src: artifactUrl(encoder, artifact), loading: 'lazy', alt: `${artifactName(artifact.name)} of ${encoderName(encoder.version)}`})),
      h('figcaption', null, artifactName(artifact.name))))) : null,
    tables.length ? place : null,
    () => tables.forEach((artifact) => curves(encoder, artifact, place)),
  ];
}

function release(encoder, open) {
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
      training(encoder)),
    encoder.evaluation.length || pictures || curvesPlace ? more : null);
}

export function show(holder) {
  const list = h('div.stack');
  let encoders = [];
  let key = '';
  let asked = 0;
  const load = async () => {
    const question = ++asked;
    try {
      const answer = await api.get('/v1/encoders');
      // Answers may overtake each other: only the last question's counts.
      if (question !== asked) return;
      ({encoders} = answer);
      const next = JSON.stringify(encoders);
      if (next === key) return;
      key = next;
      const open = new Set([...list.querySelectorAll('article:has(details[open])')].map((article) => article.dataset.version));
      list.replaceChildren(...(encoders.length
        ? encoders.map((encoder) => release(encoder, open.has(String(encoder.version))))
        : [emptyState('No encoder yet', 'The untrained network is published within seconds of the trainer’s start.')]));
    } catch (failure) {
      if (question === asked) list.replaceChildren(problemState(failure, load));
    }
  };
  holder.append(
    h('div.head', null,
      h('div', null, h('h1', null, 'Encoders'),
        h('p', null, 'Each one turns an image into a vector. A trained encoder takes over only if, on images it never saw, it beats random weights and is not worse than the one that answers.')),
      h('div.controls', null,
        dialogs.rollbackButton(),
        h('button.main', {type: 'button', onclick: () => dialogs.train(encoders)}, 'Train an encoder…'))),
    list);
  load();
  let seen = '';
  return live.on('status', (status) => {
    const now = JSON.stringify([status.encoders, status.serving?.generation, status.roll?.state, status.automaticRolls]);
    if (now !== seen) {
      if (seen) load();
      seen = now;
    }
  });
}
