// Roll: every generation with its steps, their times and reasons; promotion and rollback.
import {h, keepingFocus, pairs, progressBar, emptyState, problemState} from './elements.js';
import {count, decimals, encoderName, millis, seconds, sentence, shortDigest, stateName, time} from './format.js';
import * as api from './api.js';
import * as dialogs from './dialogs.js';
import * as live from './live.js';

const TONES = {live: 'accent', failed: 'bad', building: 'warn', caught_up: 'warn', verified: 'good'};
const AHEAD = ['building', 'caught_up', 'verified', 'live'];
const OVER = ['retired', 'failed'];

/** How far the building of a generation is, as the status tells it. */
function progress(roll) {
  const share = roll.ofImages ? Math.min(1, roll.images / roll.ofImages) : 0;
  return h('div', {'data-progress': roll.generation}, progressBar(share, `Generation ${roll.generation}`),
    h('p.facts', null,
      h('span', null, roll.ofImages ? `${count(roll.images)} of ${count(roll.ofImages)} images, ${Math.floor(share * 100)} %` : `${count(roll.images)} images`),
      roll.imagesPerSecond ? h('span', null, `${count(roll.imagesPerSecond)} images/s`) : null,
      roll.lag === null || roll.lag === undefined ? null : h('span', null, `${count(roll.lag)} offsets behind the log`)));
}

function steps(generation, roll) {
  const {history} = generation;
  const here = history.at(-1);
  const ahead = roll ? AHEAD.slice(AHEAD.indexOf(here.state) + 1) : [];
  return h('ol.life', {'aria-label': `Steps of generation ${generation.number}`},
    history.map((step, ordinal) => {
      const before = history[ordinal - 1];
      return h('li', {'data-state': step.state, 'data-now': step === here, 'aria-current': step === here && 'step'},
        h('p.step', null, h('b', null, stateName(step.state)), h('time.num', {datetime: step.at}, time(step.at)),
          before ? h('span.muted.num', null, `after ${seconds((Date.parse(step.at) - Date.parse(before.at)) / 1000)}`) : null),
        h('p.muted', null, sentence(step.reason), step.cause ? ` (${step.cause.replaceAll('_', ' ')})` : ''),
        step === here && step.state === 'building' && roll ? progress(roll) : null);
    }),
    ahead.map((state) => h('li', {'data-state': 'ahead'}, h('p.step', null, h('span.muted', null, stateName(state))))));
}

/** How it would have answered recent queries. */
function shadowFacts(shadow) {
  const {figures} = shadow;
  if (!figures) return h('p.facts', {'data-role': 'shadow'}, h('span', null, `not compared on live queries: ${shadow.detail}`));
  const {liveLatency, candidateLatency} = figures;
  return h('p.facts', {'data-role': 'shadow', title: shadow.detail},
    h('span', null, `${count(shadow.queries)} live queries, beside generation ${shadow.live}`),
    h('span', null, `overlap@10 ${decimals(figures.overlapAt10)}`),
    h('span', {title: 'likeness of the rankings, agreement at the top counting most (p = 0.9)'}, `rank-biased overlap ${decimals(figures.rankBiasedOverlap)}`),
    h('span', null, `median ${decimals(candidateLatency.medianMillis, 1)} ms (live ${decimals(liveLatency.medianMillis, 1)})`),
    h('span', null, `p99 ${decimals(candidateLatency.p99Millis, 1)} ms (live ${decimals(liveLatency.p99Millis, 1)})`));
}

function generationItem(generation, roll) {
  const {verification, state, index} = generation;
  const tone = TONES[state];
  return h('article.card.generation', {'data-generation': generation.number, 'aria-label': `Generation ${generation.number}`},
    h('header', null, h('h2', null, `Generation ${generation.number}`),
      h(tone ? `span.chip.${tone}` : 'span.chip', null, stateName(state)),
      h('span.muted.small', null, encoderName(generation.encoderVersion)),
      generation.waitsFor ? h('span.chip.warn', {'data-role': 'waits'}, generation.waitsFor) : null,
      state === 'standby' || generation.waitsFor ? h('span.side', null,
        h('a.button.slim', {href: `#/sheet?beside=${generation.number}`}, 'Compare'),
        generation.waitsFor ? h('button.slim', {type: 'button', 'data-key': `reject ${generation.number}`, onclick: () => dialogs.reject(generation.number)}, 'Reject…') : null,
        h('button.slim', {type: 'button', 'data-key': `promote ${generation.number}`, onclick: () => dialogs.promote(generation.number)}, 'Promote…')) : null),
    steps(generation, roll),
    verification ? h('p.facts', {title: verification.detail},
      h(verification.passed ? 'span.chip.good' : 'span.chip.bad', null, verification.passed ? 'verified' : 'verification failed'),
      h('span', null, `${count(verification.images)} images compared`),
      h('span', null, `recall@10 ${decimals(verification.recallAt10)}`),
      h('span', null, `golden images cosine ≥ ${decimals(verification.goldenCosineMin, 4)}`)) : null,
    generation.shadow ? shadowFacts(generation.shadow) : null,
    h('p.facts', null, h('span', null, `${index.shards > 1 ? `${index.shards} shards, ` : ''}${index.vectorFormat} vectors, maxConn ${index.maxConn}, beamWidth ${index.beamWidth}`), h('span', null, `${generation.dimensions} dimensions`),
      h('span', null, 'encoder ', h('span.mono', {title: generation.encoder}, shortDigest(generation.encoder)))));
}

function servingCard(status) {
  const serving = status.serving;
  if (!serving) return h('section.card.stack', null, h('h2', null, 'What answers'), h('p.muted', null, 'Nothing is live yet.'));
  return h('section.card.stack', {'data-role': 'serving'}, h('h2', null, 'What answers'),
    pairs([
      ['Encoder', `${encoderName(serving.encoder.version)} (${shortDigest(serving.encoder.digest)}, ${serving.encoder.precision})`],
      ['Generation', `${serving.generation}, publication ${serving.publication} of ${time(serving.publishedAt)}`],
      ['Images', count(serving.images)],
      ['Freshness', status.freshness?.samples ? `median ${millis(status.freshness.medianMillis)}, highest ${millis(status.freshness.maxMillis)}, last minute` : '–'],
      ['Loaded', status.loaded.map((each) => `generation ${each.generation}${each.serving ? ' (answers)' : ''}`).join(', ')],
      ['Indexing', status.paused ? `paused since ${time(status.paused.since)} by ${status.paused.who}${status.paused.why ? `: ${status.paused.why}` : ''}` : 'on'],
      ['Automatic rolls', status.automaticRolls === false ? 'paused since the rollback; a promotion resumes them' : 'on'],
      ['Rollback', status.previous === null || status.previous === undefined ? 'nothing to go back to' : `to generation ${status.previous}`],
      ['Replica', h('span.mono', null, status.replica)],
    ]));
}

function requestsCard(requests) {
  return h('section.card.stack', {'aria-label': 'Requests'}, h('h2', null, 'Requests'),
    requests.length
      ? h('div.scroll', null, h('table.records', null,
        h('thead', null, h('tr', null, ['When', 'What', 'State', 'Who', 'Outcome'].map((name) => h('th', {scope: 'col'}, name)))),
        h('tbody', null, requests.map((request) => h('tr', null,
          h('td.num', null, time(request.createdAt)), h('td', null, request.kind), h('td', null, request.status), h('td', null, request.who),
          h('td', null, request.outcome || request.why))))))
      : h('p.muted', null, 'Nobody has asked for a training, a rollback or a promotion yet.'));
}

export function show(holder) {
  const serving = h('div');
  const requestsPlace = h('div');
  const place = h('div.stack', {'aria-label': 'Generations'}, emptyState('One moment', 'The generations are being read.'));
  let generations = [];

  const drawServing = () => {
    const status = live.status();
    if (status) serving.replaceChildren(servingCard(status));
  };
  const drawGenerations = () => keepingFocus(place, () => {
    const roll = live.status()?.roll;
    const item = (generation) => generationItem(generation, roll?.generation === generation.number ? roll : null);
    const over = generations.filter((generation) => OVER.includes(generation.state));
    const opened = place.querySelector('details')?.open;
    place.replaceChildren(...generations.length
      ? [...generations.filter((generation) => !OVER.includes(generation.state)).map(item),
        ...(over.length ? [h('details', {open: opened ?? over.length === generations.length}, h('summary', {'data-key': 'over'}, `${count(over.length)} retired or failed`), h('div.stack', null, over.map(item)))] : [])]
      : [emptyState('No generation yet', 'The first index is begun as soon as there is an encoder.')]);
  });
  let asked = 0;
  const load = async () => {
    const question = ++asked;
    try {
      const [listed, requested] = await Promise.all([api.get('/v1/generations'), api.get('/v1/requests')]);
      // Answers may overtake each other: only the last question's counts.
      if (question !== asked) return;
      ({generations} = listed);
      drawGenerations();
      requestsPlace.replaceChildren(requestsCard(requested.requests));
    } catch (failure) {
      if (question === asked) place.replaceChildren(problemState(failure, load));
    }
  };

  holder.append(
    h('div.head', null, h('div', null, h('h1', null, 'Roll'),
      h('p', null, 'A generation is an index built from the log with one encoder. The next one is built beside the one that answers, compared with it image by image, and takes over without a pause.')),
      h('div.controls', null, dialogs.pauseButton(), dialogs.rollbackButton())),
    h('div.beside', null, place, h('div.stack', null, serving, requestsPlace)));
  drawServing();
  load();
  const listed = (status) => JSON.stringify([status?.roll?.state, status?.roll?.generation, status?.roll?.waitsFor, status?.serving?.generation, status?.requestsOpen, status?.automaticRolls]);
  let seen = listed(live.status());
  let progressed = '';
  const stops = [
    // Every step of every generation; the status tells of some only.
    live.on('roll', load),
    live.on('status', (status) => {
      drawServing();
      const now = listed(status);
      const how = JSON.stringify([status.roll?.images, status.roll?.lag]);
      if (now !== seen) {
        load();
        seen = now;
      } else if (how !== progressed) {
        // Only the progress: a button under the hand stays.
        const old = status.roll && place.querySelector(`[data-progress="${status.roll.generation}"]`);
        old?.replaceWith(progress(status.roll));
      }
      progressed = how;
    }),
  ];
  return () => stops.forEach((stop) => stop());
}
