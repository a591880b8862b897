// Two small charts: horizontal bars and loss curves.
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

/** A line of values over steps; points are [step, value]. */
export function curve(title, points) {
  const width = 420, height = 200, left = 46, right = 12, top = 12, bottom = 28;
  const values = points.map(([, value]) => value);
  const steps = points.map(([step]) => step);
  const low = Math.min(...values), high = Math.max(...values), last = Math.max(...steps), first = Math.min(...steps);
  const x = (step) => left + (width - left - right) * (last === first ? 0 : (step - first) / (last - first));
  const y = (value) => top + (height - top - bottom) * (high === low ? 0.5 : (high - value) / (high - low));
  const path = points.map(([step, value], ordinal) => `${ordinal ? 'L' : 'M'}${x(step).toFixed(1)} ${y(value).toFixed(1)}`).join('');
  const text = (position, anchor, content) => s('text', {...position, 'text-anchor': anchor, 'font-size': 11, fill: 'var(--muted)'}, content);
  return h('figure', null,
    s('svg', {viewBox: `0 0 ${width} ${height}`, class: 'curve', role: 'img', 'aria-label': `${title}: from ${decimals(values[0])} to ${decimals(values.at(-1))}`},
      [high, (high + low) / 2, low].map((value) => [
        s('line', {x1: left, x2: width - right, y1: y(value), y2: y(value), stroke: 'var(--line)'}),
        text({x: left - 6, y: y(value) + 4}, 'end', decimals(value, 2)),
      ]),
      text({x: left, y: height - 8}, 'start', count(first)),
      text({x: width - right, y: height - 8}, 'end', `${count(last)} steps`),
      s('path', {d: path, fill: 'none', stroke: 'var(--bar)', 'stroke-width': 2, 'stroke-linejoin': 'round'})),
    h('figcaption', null, title));
}
