// System: generations and their life, what is loaded, where the log is.
import {h, pairs, emptyState, problemState} from './elements.js';
import {count, decimals, encoderName, millis, shortDigest, stateName, time} from './format.js';
import * as api from './api.js';
import * as dialogs from './dialogs.js';
import * as live from './live.js';

const TONES = {live: 'accent', failed: 'bad', building: 'warn', caught_up: 'warn', verified: 'good'};

function life(generation) {
  return h('p.life', null, generation.history.map((step, ordinal) => [
    ordinal ? h('span', {'aria-hidden': 'true'}, '→') : null,
    h('span', {title: `${time(step.at)} – ${step.reason}`}, `${stateName(step.state)} `, h('span.num', null, time(step.at))),
  ]));
}

function generationItem(generation) {
  const verification = generation.verification;
  const tone = TONES[generation.state];
  return h('article.generation', {'data-generation': generation.number},
    h('header', null, h('h2', null, `Generation ${generation.number}`),
      h(tone ? `span.chip.${tone}` : 'span.chip', null, stateName(generation.state)),
      h('span.muted.small', null, encoderName(generation.encoderVersion)),
      generation.state === 'standby' ? h('button.slim', {type: 'button', onclick: () => dialogs.promote(generation.number)}, 'Promote…') : null),
    life(generation),
    h('p.small', null, generation.reason),
    verification ? h('p.facts', null,
      h('span', null, verification.passed ? 'verified' : 'verification failed'),
      h('span', null, `${count(verification.images)} images`),
      h('span', null, `recall@10 ${decimals(verification.recallAt10)}`),
      h('span', null, `golden images cosine ≥ ${decimals(verification.goldenCosineMin, 4)}`)) : null);
}

function servingCard(status) {
  const serving = status.serving;
  if (!serving) return h('section.card.stack', null, h('h2', null, 'What answers'), h('p.muted', null, 'Nothing is live yet.'));
  return h('section.card.stack', null, h('h2', null, 'What answers'),
    pairs([
      ['Encoder', `${encoderName(serving.encoder.version)} (${shortDigest(serving.encoder.digest)})`],
      ['Generation', `${serving.generation}, publication ${count(serving.sequence)}`],
      ['Published', time(serving.publishedAt)],
      ['Images', count(serving.images)],
      ['Lag', `${count(serving.lag)} offsets`],
      ['Freshness', status.freshness?.samples ? `median ${millis(status.freshness.medianMillis)}, highest ${millis(status.freshness.maxMillis)}, last minute` : '–'],
      ['Automatic rolls', status.automaticRolls === false ? 'paused since the rollback' : 'on'],
      ['Replica', h('span.mono', null, status.replica)],
    ]));
}

function positionsCard(status) {
  const positions = Object.entries(status.serving?.positions ?? {});
  return h('section.card.stack', null, h('h2', null, 'Positions in the log'),
    h('p.muted.small', null, 'Every image below these offsets is in the answers, in its newest version.'),
    positions.length
      ? h('dl.partitions', null, positions.map(([partition, position]) => h('div', null, h('dt', null, `partition ${partition}`), h('dd', null, count(position.offset)))))
      : h('p.muted', null, 'None yet.'));
}

function requestsTable(requests) {
  return h('div.scroll', null, h('table.records', null,
    h('thead', null, h('tr', null, ['When', 'What', 'State', 'Who', 'Outcome'].map((name) => h('th', null, name)))),
    h('tbody', null, requests.map((request) => h('tr', null,
      h('td.num', null, time(request.createdAt)), h('td', null, request.kind), h('td', null, request.status), h('td', null, request.who),
      h('td', null, request.outcome || request.why))))));
}

export function show(holder) {
  const cards = h('div.two');
  const generations = h('section.card', {'aria-label': 'Generations'});
  const requests = h('section.card.stack', {'aria-label': 'Requests'});

  const drawCards = () => {
    const status = live.status();
    if (status) cards.replaceChildren(servingCard(status), positionsCard(status));
  };

  const load = async () => {
    try {
      const [listed, asked] = await Promise.all([api.get('/v1/generations'), api.get('/v1/requests')]);
      generations.replaceChildren(...(listed.generations.length
        ? listed.generations.map(generationItem)
        : [emptyState('No generation yet', 'The first index is begun as soon as there is an encoder.')]));
      requests.replaceChildren(h('h2', null, 'Requests'), asked.requests.length ? requestsTable(asked.requests) : h('p.muted', null, 'Nobody has asked for a training, a rollback or a promotion yet.'));
    } catch (failure) {
      generations.replaceChildren(problemState(failure, load));
    }
  };

  holder.append(
    h('div.head', null, h('div', null, h('h1', null, 'System'),
      h('p', null, 'An index generation is built from the log with one encoder. The next one is built beside it, compared with it image by image, and takes over without a pause.')),
    h('div.controls', null, dialogs.rollbackButton())),
    h('div.stack', null, cards, generations, requests));
  drawCards();
  load();
  let seen = '';
  return live.on('status', (status) => {
    drawCards();
    const now = JSON.stringify([status.roll?.state, status.roll?.generation, status.serving?.generation, status.requestsOpen, status.automaticRolls]);
    if (now !== seen) {
      if (seen) load();
      seen = now;
    }
  });
}
