// Charts: horizontal bars, curves over steps or releases, and lines over the last minutes.
import {h, s} from './elements.js';
import {count, decimals} from './format.js';

/** Bars of named values from 0; `marked` is the one the reader came for. */
export function bars(entries, marked, digits = 3) {
  const max = Math.max(...entries.map(([, value]) => value), 1e-9);
  return h('div.bars', {role: 'list'}, entries.map(([name, value]) => {
    const inner = h('span');
    inner.style.width = `${Math.max(0, value / max) * 100}%`;
    return h(name === marked ? 'div.bar.this' : 'div.bar', {role: 'listitem'},
      h('span', null, name), h('span.track', {'aria-hidden': 'true'}, inner), h('span.value', null, decimals(value, digits)));
  }));
}

const text = (position, anchor, content) => s('text', {...position, 'text-anchor': anchor, class: 'axis'}, content);

const pathOf = (points, x, y) => points.map(([at, value], ordinal) => `${ordinal ? 'L' : 'M'}${x(at).toFixed(1)} ${y(value).toFixed(1)}`).join('');

/**
 * Lines [{name, points: [[x, value]], quiet}] over steps or releases; where there are several, each
 * is named at its end. `xName` writes a place on the x axis.
 */
export function curves(title, lines, {xName = count, xUnit = 'steps', dots = false} = {}) {
  const width = 420, height = 200, left = 46, top = 12, bottom = 28;
  const right = lines.length > 1 ? 106 : 14;
  const all = lines.flatMap((line) => line.points);
  const values = all.map(([, value]) => value), places = all.map(([at]) => at);
  const low = Math.min(...values), high = Math.max(...values), first = Math.min(...places), last = Math.max(...places);
  const x = (at) => left + (width - left - right) * (last === first ? 0.5 : (at - first) / (last - first));
  const y = (value) => top + (height - top - bottom) * (high === low ? 0.5 : (high - value) / (high - low));
  // Names at the ends keep a line's height between them.
  let above = -Infinity;
  const names = new Map([...lines].filter((line) => line.points.length).sort((one, other) => y(one.points.at(-1)[1]) - y(other.points.at(-1)[1])).map((line) => {
    above = Math.max(above + 14, y(line.points.at(-1)[1]) + 4);
    return [line, above];
  }));
  const digits = high - low < 0.1 ? 3 : 2;
  return h('figure', null,
    s('svg', {viewBox: `0 0 ${width} ${height}`, class: 'curve', role: 'img', 'aria-label': `${title}: ${lines.filter((line) => line.points.length).map((line) => `${line.name ?? ''} from ${decimals(line.points[0][1])} to ${decimals(line.points.at(-1)[1])}`.trim()).join('; ')}`},
      (high === low ? [high] : [high, (high + low) / 2, low]).map((value) => [
        s('line', {x1: left, x2: width - right, y1: y(value), y2: y(value), class: 'rule'}),
        text({x: left - 6, y: y(value) + 4}, 'end', decimals(value, digits)),
      ]),
      text({x: x(first), y: height - 8}, last === first ? 'middle' : 'start', xName(first)),
      last === first ? null : text({x: width - right, y: height - 8}, 'end', `${xName(last)}${xUnit ? ` ${xUnit}` : ''}`),
      lines.map((line) => [
        s('path', {d: pathOf(line.points, x, y), class: line.quiet ? `line quiet ${line.quiet}` : 'line'}),
        dots ? line.points.map(([at, value]) => s('circle', {cx: x(at), cy: y(value), r: 3, class: line.quiet ? `dot quiet ${line.quiet}` : 'dot'})) : null,
        lines.length > 1 && names.has(line) ? text({x: width - right + 8, y: names.get(line)}, 'start', line.name) : null,
      ])),
    h('figcaption', null, title));
}

const BREAK_MILLIS = 5_000;

/** A round number at or above a value: 1, 2, 5, 10, 20, … */
function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((each) => each * power).find((each) => each >= value) ?? value;
}

/** Parts of a line without what is unknown; a pause is a gap. */
function pieces(points) {
  const found = [];
  let before = null;
  for (const point of points) {
    if (point[1] === null || point[1] === undefined) {
      before = null;
      continue;
    }
    if (before === null || point[0] - before > BREAK_MILLIS) found.push([]);
    found.at(-1).push(point);
    [before] = point;
  }
  return found;
}

/**
 * Values of the last minutes, from 0 up: `lines` [{name, points: [[millis, value]]}], the first in
 * front. `write` writes a value.
 */
export function timeline(title, lines, {now, spanMillis, write, floor = 1}) {
  const width = 360, height = 132, left = 4, right = 4, top = 20, bottom = 20;
  const known = lines.map((line) => line.points.filter(([, value]) => value !== null && value !== undefined));
  const high = roundUp(Math.max(floor, ...known.flat().map(([, value]) => value)));
  const x = (at) => left + (width - left - right) * (1 - (now - at) / spanMillis);
  const y = (value) => top + (height - top - bottom) * (1 - value / high);
  const latest = known[0].at(-1);
  const current = latest ? write(latest[1]) : '–';
  const range = known[0].length ? `between ${write(Math.min(...known[0].map(([, value]) => value)))} and ${write(Math.max(...known[0].map(([, value]) => value)))}` : 'nothing known yet';
  const area = (piece) => `${pathOf(piece, x, y)}L${x(piece.at(-1)[0]).toFixed(1)} ${y(0)}L${x(piece[0][0]).toFixed(1)} ${y(0)}Z`;
  return h('figure.timeline', {'data-chart': title},
    h('figcaption', null, h('span', null, title), h('b', null, current)),
    s('svg', {viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': `${title}, last ${Math.round(spanMillis / 60_000)} minutes: now ${current}, ${range}`},
      s('line', {x1: left, x2: width - right, y1: y(high), y2: y(high), class: 'rule'}),
      s('line', {x1: left, x2: width - right, y1: y(0), y2: y(0), class: 'rule strong'}),
      text({x: left, y: y(high) - 5}, 'start', write(high)),
      text({x: left, y: height - 5}, 'start', `${Math.round(spanMillis / 60_000)} min ago`),
      text({x: width - right, y: height - 5}, 'end', 'now'),
      [...lines].reverse().map((line) => pieces(line.points).map((piece) => (line === lines[0]
        ? [s('path', {d: area(piece), class: 'area'}), s('path', {d: pathOf(piece, x, y), class: 'line'})]
        : s('path', {d: pathOf(piece, x, y), class: 'line quiet'}))))),
    lines.length > 1 ? h('p.legend', null, lines.map((line, ordinal) => h(ordinal ? 'span.quiet' : 'span', null, h('i', {'aria-hidden': 'true'}), line.name))) : null);
}
