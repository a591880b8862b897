// Trainings that wait or run: how far each is, what is left, its loss so far, and a way to end it.
import {h, progressBar} from './elements.js';
import {count, decimals, seconds, time} from './format.js';
import {curves} from './charts.js';
import * as dialogs from './dialogs.js';
import * as history from './history.js';

const PHASES = {snapshot: 'reading the images', training: 'training', evaluation: 'measuring it on held-out images', publishing: 'publishing it'};
const LOSSES = ['total', 'global', 'local', 'prior'];

/** What is going on in words. */
export const phaseName = (phase) => PHASES[phase] ?? phase;

/** Share of the way, 0 to 1; after the last step the rest is short. */
export function share(progress) {
  if (progress.phase === 'snapshot') return 0;
  if (progress.phase !== 'training') return 1;
  return progress.steps ? progress.step / progress.steps : 0;
}

export const timeLeft = (progress) => (progress.phase === 'training' && progress.secondsLeft > 0 ? `about ${seconds(progress.secondsLeft)} left` : '');

/** Epoch, steps, speed and losses. */
export function facts(progress) {
  const losses = Object.entries(progress.losses ?? {}).sort(([left], [right]) => LOSSES.indexOf(left) - LOSSES.indexOf(right));
  return [
    progress.epochs ? h('span', null, `epoch ${progress.epoch} of ${progress.epochs}`) : null,
    progress.steps ? h('span', null, `step ${count(progress.step)} of ${count(progress.steps)}`) : null,
    progress.imagesPerSecond ? h('span', null, `${count(progress.imagesPerSecond)} images/s`) : null,
    losses.map(([name, value]) => h('span', null, `${name === 'total' ? 'loss' : name} ${decimals(value)}`)),
  ];
}

const askedFor = ({preset, imagesSeen, warmStart, like}) => [
  preset && `preset ${preset}`,
  imagesSeen && `${count(Number(imagesSeen))} images`,
  warmStart !== undefined && `from the weights of encoder ${warmStart}`,
  like !== undefined && `like encoder ${like}`,
].filter(Boolean).join(', ');

/** The card of one training; `request` is null for one that nobody asked for here. */
function card(request, progress) {
  const id = request?.id ?? progress.request;
  const points = history.losses(id);
  const what = askedFor(request?.parameters ?? {});
  return h('article.card.training', {'data-training': id, 'aria-label': 'Training'},
    h('header', null,
      h('h2', null, progress ? 'A new encoder is in training' : request.status === 'running' ? 'A training has begun' : 'A training waits'),
      h('span.chip.accent', null, progress ? phaseName(progress.phase) : request.status),
      h('span.side', null, progress ? timeLeft(progress) : ''),
      request ? h('button.slim', {type: 'button', 'data-key': `cancel ${id}`, 'data-role': 'cancel', onclick: () => dialogs.cancel(request)}, 'Cancel…') : null),
    progress ? progressBar(share(progress), 'Training') : null,
    progress ? h('p.facts', null, facts(progress)) : null,
    points.length > 2 ? h('div.figures', null, curves('Loss, as this page saw it', [{points}])) : null,
    request ? h('p.facts', null, h('span', null, `asked by ${request.who} at ${time(request.createdAt)}`), what ? h('span', null, what) : null, request.why ? h('span', null, `“${request.why}”`) : null) : null);
}

/** Cards of every training that is not over. */
export function cards(trainings, progress) {
  const open = trainings.filter((each) => ['pending', 'running'].includes(each.status));
  const drawn = open.map((request) => card(request, progress?.request === request.id ? progress : null));
  if (progress && !open.some((request) => request.id === progress.request)) drawn.unshift(card(null, progress));
  return drawn;
}
