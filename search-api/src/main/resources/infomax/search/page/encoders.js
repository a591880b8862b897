// Encoders: trainings at hand, how releases compare, and every release, newest first.
import {h, emptyState, problemState} from './elements.js';
import {figureName, rowName} from './format.js';
import {curves} from './charts.js';
import {HEADLINES, release} from './release.js';
import * as api from './api.js';
import * as dialogs from './dialogs.js';
import * as live from './live.js';
import * as training from './training.js';

/** How a figure went from release to release, beside what has to be beaten; null below two releases. */
function course(oldestFirst, name) {
  const line = (row, quiet) => ({
    name: row === 'candidate' ? 'encoder' : rowName(row).toLowerCase(),
    quiet,
    points: oldestFirst.flatMap((encoder) => encoder.evaluation.filter((each) => each.name === row && name in each.figures).map((each) => [encoder.version, each.figures[name]])),
  });
  const lines = [line('candidate', null), line('random-weights', 'dashed'), line('pixels', 'dotted')].filter((each) => each.points.length);
  return lines.length && lines[0].points.length > 1
    ? curves(`${figureName(name)}, on held-out images`, lines, {xName: (version) => (version === 0 ? 'untrained' : `encoder ${version}`), xUnit: '', dots: true})
    : null;
}

function courses(encoders) {
  const drawn = HEADLINES.map((name) => course([...encoders].reverse(), name)).filter(Boolean);
  return drawn.length ? h('section.card.stack', {'aria-label': 'From release to release', 'data-role': 'course'}, h('h2', null, 'From release to release'), h('div.figures', null, drawn)) : null;
}

export function show(holder) {
  const trainingsPlace = h('div.stack');
  const coursePlace = h('div');
  const list = h('div.stack', null, emptyState('One moment', 'The releases are being read.'));
  let encoders = [];
  let trainings = [];
  let key = '';
  let asked = 0;

  const drawCards = training.cards(trainingsPlace);
  const drawTrainings = () => drawCards(trainings, live.status()?.training);
  const loadTrainings = async () => {
    try {
      ({trainings} = await api.get('/v1/trainings'));
      drawTrainings();
    } catch {
      // The next status asks again.
    }
  };
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
      const byVersion = new Map(encoders.map((encoder) => [encoder.version, encoder]));
      coursePlace.replaceChildren(...[courses(encoders)].filter(Boolean));
      list.replaceChildren(...(encoders.length
        ? encoders.map((encoder) => release(encoder, byVersion, open.has(String(encoder.version))))
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
        h('button.main', {type: 'button', 'data-role': 'train', onclick: () => dialogs.train(encoders)}, 'Train an encoder…'))),
    h('div.stack', null, trainingsPlace, coursePlace, list));
  load();
  loadTrainings();
  const listed = (status) => JSON.stringify([status?.encoders, status?.serving?.generation, status?.automaticRolls]);
  let seen = listed(live.status());
  let requests = '';
  const stops = [
    live.on('training', drawTrainings),
    // Every step of every generation; the status tells of some only.
    live.on('roll', load),
    live.on('status', (status) => {
      const now = listed(status);
      if (now !== seen) {
        load();
        seen = now;
      }
      const open = JSON.stringify([status.requestsOpen, status.training?.request]);
      if (open !== requests) {
        requests = open;
        loadTrainings();
      }
      drawTrainings();
    }),
  ];
  return () => stops.forEach((stop) => stop());
}
