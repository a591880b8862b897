// What is going on, shown above every view: untrained network, training, roll, and what is wrong.
import {h, progressBar, toast} from './elements.js';
import {count, encoderName, sentence} from './format.js';
import * as training from './training.js';
import * as live from './live.js';

const STEPS = [['building', 'Building'], ['caught_up', 'Caught up'], ['verified', 'Verified'], ['live', 'Live']];

function trainingNotice(status) {
  const progress = status.training;
  if (!progress) return null;
  return h('section.notice', {'aria-label': 'Training', 'data-notice': 'training'},
    h('p', null, h('strong', null, 'A new encoder is in training'), progress.phase === 'training' ? null : h('span.muted', null, ` – ${training.phaseName(progress.phase)}`)),
    h('p.side', null, training.timeLeft(progress)),
    progressBar(training.share(progress), 'Training'),
    h('p.facts.wide', null, training.facts(progress)));
}

function steps(at, share) {
  return h('ol.steps.wide', null, STEPS.map(([, label], ordinal) => {
    const building = ordinal === 0 && at === 0;
    return h('li', {
      'data-step': ordinal < at || (ordinal === at && !building) ? 'done' : building || ordinal === at + 1 && at > 0 ? 'now' : 'next',
      'aria-current': ordinal === at && 'step',
    }, progressBar(building ? share : ordinal <= at ? 1 : 0, label), building && share ? `${label}, ${Math.floor(share * 100)} %` : label);
  }));
}

function roll(status) {
  const roll = status.roll;
  if (!roll) return null;
  const at = STEPS.findIndex(([state]) => state === roll.state);
  const share = roll.ofImages ? Math.min(1, roll.images / roll.ofImages) : 0;
  return h('section.notice', {'aria-label': 'Roll', 'data-notice': 'roll'},
    h('p', null, h('strong', null, `${encoderName(roll.encoder)} is on its way in`), h('span.muted', null, ` – generation ${roll.generation}`)),
    h('p.side', null, roll.state === 'building' && roll.ofImages ? `${count(roll.images)} of ${count(roll.ofImages)} images` : roll.waitsFor ?? roll.reason),
    steps(at, share));
}

function untrained(status) {
  if (status.serving?.encoder.verdict !== 'untrained') return null;
  return h('section.notice.warn', {'aria-label': 'Untrained', 'data-notice': 'untrained'},
    h('p.wide', null, h('strong', null, 'The untrained network is answering. '),
      trainedOnesTurn(status)));
}

function trainedOnesTurn(status) {
  if (status.roll?.waitsFor) return 'A trained encoder waits for approval to take over.';
  if (status.automaticRolls === false) return 'Trained ones wait since the rollback until one is promoted.';
  return 'The first trained encoder takes over by itself as soon as it has beaten it.';
}

function notReady(status) {
  if (status.serving) return null;
  return h('section.notice.warn', {'data-notice': 'not-ready'},
    h('p.wide', null, h('strong', null, 'Nothing is live yet. '), status.waiting ? `${status.waiting.reason}.` : 'The first index is being built; this page follows by itself.'));
}

function behind(status) {
  if (!status.serving || !status.waiting) return null;
  return h('section.notice.warn', {'data-notice': 'waiting'},
    h('p.wide', null, h('strong', null, `Generation ${status.waiting.generation} is to take over. `), `${status.waiting.reason}.`));
}

function paused(status) {
  if (!status.paused) return null;
  return h('section.notice.warn', {'aria-label': 'Paused', 'data-notice': 'paused'},
    h('p.wide', null, h('strong', null, 'Indexing is paused. '), `${status.paused.who} asked for it${status.paused.why ? `: ${status.paused.why}` : ''}. New images are kept and become searchable once it is resumed.`));
}

function lost() {
  if (live.connectionState() !== 'lost') return null;
  const refusal = live.refusal();
  return h('section.notice.bad', {role: 'alert', 'data-notice': 'lost'},
    h('p.wide', null, h('strong', null, refusal ? `${sentence(refusal)}. ` : 'The connection is lost. '), 'The figures on this page stand still until it is back; it tries again by itself.'));
}

let drawn = '';

function draw() {
  const status = live.status();
  const notices = [lost(), ...(status ? [notReady(status), paused(status), untrained(status), behind(status), trainingNotice(status), roll(status)] : [])].filter(Boolean);
  // Redrawn only when something changed, so that screen readers and selections are left alone.
  const key = notices.map((notice) => notice.outerHTML).join('');
  if (key === drawn) return;
  drawn = key;
  document.getElementById('notices').replaceChildren(...notices);
}

export function start() {
  live.on('status', draw);
  live.on('connection', draw);
  live.on('roll', (step) => {
    if (step.state === 'live') toast(`${encoderName(step.encoder)} is live now, generation ${step.generation}.`);
    if (step.state === 'failed') toast(`Generation ${step.generation} failed: ${step.reason}`);
  });
}
