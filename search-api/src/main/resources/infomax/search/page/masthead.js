// The strip on top: connection, and the figures of the system.
import {h} from './elements.js';
import {count, millis, encoderName} from './format.js';
import * as live from './live.js';

const rate = (value) => (value === null || value === undefined ? '–' : value < 10 ? value.toFixed(1) : count(value));

function vital(term, value, small, title) {
  return h('div', {title}, h('dt', null, term), h('dd', null, value, small ? h('small', null, ` ${small}`) : null));
}

function draw(status) {
  const serving = status.serving;
  const vitals = document.getElementById('vitals');
  vitals.replaceChildren(
    vital('Encoder', serving ? (serving.encoder.version === 0 ? 'Untrained' : String(serving.encoder.version)) : '–',
      null, serving ? `${encoderName(serving.encoder.version)}, SHA-256 ${serving.encoder.digest}` : null),
    vital('Generation', serving ? String(serving.generation) : '–', null, 'the index that answers'),
    vital('Images', serving ? count(serving.images) : '–', null, 'searchable now'),
    vital('Freshness', status.freshness?.medianMillis === undefined || status.freshness?.medianMillis === null ? '–' : millis(status.freshness.medianMillis),
      status.freshness?.maxMillis ? `max ${millis(status.freshness.maxMillis)}` : '', 'from the record’s time to searchable, over the last minute'),
    vital('Lag', serving ? count(serving.lag) : '–', 'offsets', 'distance to the end of the log'),
    vital('Stream', rate(status.rates.imagesPerSecond), 'images/s', 'images indexed per second'),
    vital('Queries', rate(status.rates.queriesPerSecond), 'per s', 'searches answered per second'));
  const rejected = document.getElementById('rejected-count');
  rejected.hidden = !status.rejected;
  rejected.textContent = `${count(status.rejected)} rejected`;
}

function pulse() {
  const pulse = document.getElementById('pulse');
  const status = live.status();
  const [state, text] = live.connectionState() === 'lost' ? ['lost', live.refusal() ? 'refused, trying again' : 'connection lost, trying again']
    : !status ? ['connecting', 'connecting']
    : status.serving ? ['live', 'live']
    : ['waiting', 'nothing live yet'];
  if (pulse.textContent !== text) {
    pulse.dataset.state = state;
    pulse.textContent = text;
  }
}

export function start() {
  live.on('status', (status) => { draw(status); pulse(); });
  live.on('connection', pulse);
}
