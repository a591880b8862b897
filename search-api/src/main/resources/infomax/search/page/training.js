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

/** The card of one training. It is made once and drawn often, so that a button under the hand stays. */
function card(id) {
  let request = null;
  const title = h('h2'), chip = h('span.chip.accent'), side = h('span.side'), progressPlace = h('div.stack'), asked = h('p.facts');
  const cancel = h('button.slim', {type: 'button', 'data-key': `cancel ${id}`, 'data-role': 'cancel', onclick: () => dialogs.cancel(request)}, 'Cancel…');
  const element = h('article.card.training', {'data-training': id, 'aria-label': 'Training'}, h('header', null, title, chip, side, cancel), progressPlace, asked);
  let points = -1;
  let curve = null;
  return {
    element,
    /** `known` is null for a training that nobody asked for here, `progress` for one that tells nothing (yet). */
    draw(known, progress) {
      request = known;
      cancel.hidden = !request;
      title.textContent = progress ? 'A new encoder is in training' : request.status === 'running' ? 'A training has begun' : 'A training waits';
      chip.textContent = progress ? phaseName(progress.phase) : request.status;
      side.textContent = progress ? timeLeft(progress) : '';
      const losses = history.losses(id);
      if (losses.length > 2 && losses.at(-1)[0] !== points) {
        [points] = losses.at(-1);
        curve = h('div.figures', null, curves('Loss, as this page saw it', [{points: losses}]));
      }
      progressPlace.replaceChildren(...[
        progress ? progressBar(share(progress), 'Training') : null,
        progress ? h('p.facts', null, facts(progress)) : null,
        curve,
      ].filter(Boolean));
      const what = request ? askedFor(request.parameters) : '';
      asked.replaceChildren(...(request ? [
        h('span', null, `asked by ${request.who} at ${time(request.createdAt)}`), what ? h('span', null, what) : null, request.why ? h('span', null, `“${request.why}”`) : null,
      ].filter(Boolean) : []));
    },
  };
}

/** Cards of every training that is not over, in a holder. */
export function cards(holder) {
  const shown = new Map();
  return function draw(trainings, progress) {
    const open = new Map(trainings.filter((each) => ['pending', 'running'].includes(each.status)).map((request) => [request.id, request]));
    if (progress && !open.has(progress.request)) open.set(progress.request, null);
    for (const [id, {element}] of shown) {
      if (open.has(id)) continue;
      element.remove();
      shown.delete(id);
    }
    for (const [id, request] of open) {
      if (!shown.has(id)) {
        shown.set(id, card(id));
        holder.append(shown.get(id).element);
      }
      shown.get(id).draw(request, progress?.request === id ? progress : null);
    }
  };
}
