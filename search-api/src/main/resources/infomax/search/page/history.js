// The last ten minutes, as this page saw them: the status of every second, and the losses of the training that runs.
import * as live from './live.js';

export const KEPT_MILLIS = 10 * 60_000;
const LOSS_POINTS_MAX = 600;

const moments = [];
let training = {request: null, points: []};

function keep(status) {
  const at = Date.parse(status.at);
  // After a break the service may tell a moment again.
  if (moments.length && at <= moments.at(-1).at) return;
  moments.push({
    at,
    images: status.rates.imagesPerSecond,
    queries: status.rates.queriesPerSecond,
    median: status.freshness.medianMillis,
    max: status.freshness.maxMillis,
    lag: status.serving?.lag ?? null,
    searchable: status.serving?.images ?? null,
    generation: status.serving?.generation ?? null,
    rejected: status.rejected,
  });
  while (moments[0].at < at - KEPT_MILLIS) moments.shift();
  if (status.training) keepTraining(status.training);
}

function keepTraining(progress) {
  if (training.request !== progress.request) training = {request: progress.request, points: []};
  const {points} = training;
  const total = progress.losses?.total;
  if (!Number.isFinite(total) || (points.length && progress.step <= points.at(-1)[0])) return;
  points.push([progress.step, total]);
  // Every second point goes, the newest stays: the curve keeps its shape.
  if (points.length > LOSS_POINTS_MAX) training.points = points.filter((_, ordinal) => ordinal % 2 === (points.length - 1) % 2);
}

/** Moments kept, oldest first. */
export const recent = () => moments;

/** Points [step, loss] that this page saw of a training. */
export const losses = (request) => (training.request === request ? training.points : []);

export function start() {
  live.on('status', keep);
  live.on('training', keepTraining);
}
