// Choosing a part of an image: a rectangle on a canvas, by mouse, touch and keyboard.
import {h} from './elements.js';

/** Longer side of a cut in pixels: more than any encoder looks at. */
const CUT_SIDE_MAX = 512;
const PREVIEW_SIDE_MAX = 1024;
/** A rectangle with a shorter side, in pixels of the screen, is a slip of the hand. */
const SIDE_MIN = 14;
const HANDLE = 10;
const SETTLE_MILLIS = 500;

const clamp = (value, low, high) => Math.min(Math.max(value, low), Math.max(low, high));

/** The part [x, y, width, height] of a bitmap as a PNG. */
export async function cut(bitmap, [x, y, width, height]) {
  const scale = Math.min(1, CUT_SIDE_MAX / Math.max(width, height));
  const canvas = h('canvas', {width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale))});
  const context = canvas.getContext('2d');
  context.imageSmoothingQuality = 'high';
  // Transparent pixels become white, as the service makes them.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, x, y, width, height, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('the part cannot be drawn'))), 'image/png'));
}

/** What is drawn again and again: a large image once made smaller. */
function preview(bitmap) {
  const scale = PREVIEW_SIDE_MAX / Math.max(bitmap.width, bitmap.height);
  if (scale >= 1) return bitmap;
  const canvas = h('canvas', {width: Math.max(1, Math.round(bitmap.width * scale)), height: Math.max(1, Math.round(bitmap.height * scale))});
  canvas.getContext('2d').drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/**
 * The image with the part on it. `changed` gets the part in pixels of the upright image, null for
 * all of it, when the hand is lifted or the keys have come to rest.
 */
export function cropper(bitmap, part, changed) {
  const shown = preview(bitmap);
  const whole = () => ({x: 0, y: 0, width: bitmap.width, height: bitmap.height});
  let box = part ? {x: part[0], y: part[1], width: part[2], height: part[3]} : whole();
  let told = JSON.stringify(part);
  let drag = null;
  let settling = 0;
  const says = h('output.visually-hidden', {'aria-live': 'polite'});
  const canvas = h('canvas.crop', {
    tabindex: 0, role: 'application', 'aria-roledescription': 'part of the image', 'aria-describedby': 'crop-help', 'data-key': 'crop', 'data-role': 'crop',
  });
  canvas.style.aspectRatio = `${bitmap.width} / ${bitmap.height}`;
  canvas.style.setProperty('--ratio', bitmap.width / bitmap.height);

  const isWhole = () => box.width >= bitmap.width && box.height >= bitmap.height;
  const rounded = () => {
    const x = clamp(Math.round(box.x), 0, bitmap.width - 1), y = clamp(Math.round(box.y), 0, bitmap.height - 1);
    return [x, y, clamp(Math.round(box.width), 1, bitmap.width - x), clamp(Math.round(box.height), 1, bitmap.height - y)];
  };
  const label = () => {
    const [x, y, width, height] = rounded();
    return isWhole() ? 'The whole image' : `Part of ${width} by ${height} pixels, ${x} from the left, ${y} from the top`;
  };

  /** Pixels of the image in one of the screen. */
  const ratio = () => bitmap.width / (canvas.clientWidth || bitmap.width);

  function draw() {
    const density = window.devicePixelRatio || 1;
    const width = Math.round(canvas.clientWidth * density), height = Math.round(canvas.clientHeight * density);
    if (!width || !height) return;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, {width, height});
    const context = canvas.getContext('2d');
    const scale = width / bitmap.width;
    context.imageSmoothingEnabled = bitmap.width > 64;
    context.drawImage(shown, 0, 0, width, height);
    const [x, y, w, hgt] = [box.x, box.y, box.width, box.height].map((each) => each * scale);
    if (!isWhole()) {
      context.fillStyle = 'rgb(10 12 14 / 58%)';
      context.beginPath();
      context.rect(0, 0, width, height);
      context.rect(x, y, w, hgt);
      context.fill('evenodd');
    }
    const line = 2 * density;
    const outline = (left, top, wide, high, dashes) => {
      context.setLineDash([]);
      context.lineWidth = line + 2;
      context.strokeStyle = 'rgb(0 0 0 / 55%)';
      context.strokeRect(left + line / 2, top + line / 2, Math.max(0, wide - line), Math.max(0, high - line));
      context.setLineDash(dashes);
      context.lineWidth = line;
      context.strokeStyle = '#fff';
      context.strokeRect(left + line / 2, top + line / 2, Math.max(0, wide - line), Math.max(0, high - line));
    };
    if (!isWhole()) {
      outline(x, y, w, hgt, []);
      context.setLineDash([]);
      context.fillStyle = '#fff';
      const knob = HANDLE * density;
      for (const [cx, cy] of [[x, y], [x + w, y], [x, y + hgt], [x + w, y + hgt]]) {
        context.fillRect(clamp(cx - knob / 2, 0, width - knob), clamp(cy - knob / 2, 0, height - knob), knob, knob);
      }
    }
    // What the encoder sees of it.
    const side = Math.min(w, hgt);
    if (Math.abs(w - hgt) > 4 * density) outline(x + (w - side) / 2, y + (hgt - side) / 2, side, side, [4 * density, 4 * density]);
    canvas.setAttribute('aria-label', label());
  }

  function tell() {
    clearTimeout(settling);
    const value = isWhole() ? null : rounded();
    const key = JSON.stringify(value);
    if (key === told) return;
    told = key;
    says.textContent = label();
    changed(value);
  }

  const at = (event) => {
    const place = canvas.getBoundingClientRect();
    return {x: (event.clientX - place.left) * ratio(), y: (event.clientY - place.top) * ratio()};
  };

  /** The corner opposite to the one under the hand, which stays where it is. */
  function heldCorner(point) {
    if (isWhole()) return null;
    const reach = 1.6 * HANDLE * ratio();
    const right = box.x + box.width, bottom = box.y + box.height;
    for (const [x, y, oppositeX, oppositeY] of [[box.x, box.y, right, bottom], [right, box.y, box.x, bottom], [box.x, bottom, right, box.y], [right, bottom, box.x, box.y]]) {
      if (Math.abs(point.x - x) <= reach && Math.abs(point.y - y) <= reach) return {x: oppositeX, y: oppositeY};
    }
    return null;
  }

  const inside = (point) => !isWhole() && point.x > box.x && point.x < box.x + box.width && point.y > box.y && point.y < box.y + box.height;

  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    canvas.focus({preventScroll: true});
    canvas.setPointerCapture(event.pointerId);
    const point = at(event);
    const corner = heldCorner(point);
    drag = corner ? {anchor: corner} : inside(point) ? {grip: {x: point.x - box.x, y: point.y - box.y}} : {anchor: point};
    drag.before = {...box};
  });
  canvas.addEventListener('pointermove', (event) => {
    const point = at(event);
    if (!drag) {
      canvas.style.cursor = heldCorner(point) ? 'nwse-resize' : inside(point) ? 'move' : 'crosshair';
      return;
    }
    if (drag.grip) {
      box.x = clamp(point.x - drag.grip.x, 0, bitmap.width - box.width);
      box.y = clamp(point.y - drag.grip.y, 0, bitmap.height - box.height);
    } else {
      const x = clamp(point.x, 0, bitmap.width), y = clamp(point.y, 0, bitmap.height);
      box = {x: Math.min(x, drag.anchor.x), y: Math.min(y, drag.anchor.y), width: Math.abs(x - drag.anchor.x), height: Math.abs(y - drag.anchor.y)};
    }
    draw();
  });
  const lift = () => {
    if (!drag) return;
    const least = SIDE_MIN * ratio();
    if (box.width < least || box.height < least) box = drag.before;
    drag = null;
    draw();
    tell();
  };
  canvas.addEventListener('pointerup', lift);
  canvas.addEventListener('pointercancel', () => {
    if (drag) box = drag.before;
    drag = null;
    draw();
  });
  canvas.addEventListener('keydown', (event) => {
    const step = Math.max(1, Math.round(Math.max(bitmap.width, bitmap.height) / 40));
    const least = Math.max(1, Math.round(Math.min(SIDE_MIN * ratio(), Math.min(bitmap.width, bitmap.height) / 4)));
    const move = {ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step]}[event.key];
    if (event.key === 'Escape') box = whole();
    else if (event.key === 'Enter') { tell(); return; }
    else if (!move) return;
    else if (event.shiftKey) {
      box.width = clamp(box.width + move[0], least, bitmap.width - box.x);
      box.height = clamp(box.height + move[1], least, bitmap.height - box.y);
    } else {
      box.x = clamp(box.x + move[0], 0, bitmap.width - box.width);
      box.y = clamp(box.y + move[1], 0, bitmap.height - box.height);
    }
    event.preventDefault();
    draw();
    clearTimeout(settling);
    settling = setTimeout(tell, SETTLE_MILLIS);
  });

  const sized = new ResizeObserver(draw);
  sized.observe(canvas);
  return {
    element: h('div.cropper', null, canvas, says,
      h('p.small.muted', {id: 'crop-help'}, 'Draw a rectangle to search with a part. ',
        h('span.keys', null, 'Keys: arrows move, Shift with arrows sizes, Esc takes all.'))),
    /** Shows another part, as the address says it. */
    show(next) {
      told = JSON.stringify(next);
      box = next ? {x: next[0], y: next[1], width: next[2], height: next[3]} : whole();
      draw();
    },
    close() {
      clearTimeout(settling);
      sized.disconnect();
    },
  };
}
