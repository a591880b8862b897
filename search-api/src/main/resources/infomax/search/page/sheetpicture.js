// A sheet as a picture: the images as they are on the page, and a line that says what it is.
import {h} from './elements.js';

const CELL = 76, GAP = 6, SPLIT = 16, MARGIN = 20, LINE = 20, MARK = 4;

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

function drawImage(context, image, x, y) {
  if (!image?.naturalWidth) {
    context.fillStyle = colour('sunken');
    context.fillRect(x, y, CELL, CELL);
    return;
  }
  const side = Math.min(image.naturalWidth, image.naturalHeight);
  context.imageSmoothingEnabled = side > 64;
  context.imageSmoothingQuality = 'high';
  context.drawImage(image, (image.naturalWidth - side) / 2, (image.naturalHeight - side) / 2, side, side, x, y, CELL, CELL);
}

/**
 * Draws rows {first, sides: [[{image, shared}]]} of image elements under titles, one per side.
 * Resolves to a PNG.
 */
export function picture(rows, titles, footer) {
  const nine = Math.max(...rows.flatMap((row) => row.sides.map((side) => side.length)), 1);
  const sideWidth = nine * CELL + (nine - 1) * GAP;
  const width = 2 * MARGIN + CELL + titles.length * (SPLIT + sideWidth);
  const height = 2 * MARGIN + LINE + rows.length * (CELL + GAP) + LINE;
  const density = 2;
  const canvas = h('canvas', {width: width * density, height: height * density});
  const context = canvas.getContext('2d');
  context.scale(density, density);
  context.fillStyle = colour('surface');
  context.fillRect(0, 0, width, height);
  const text = (content, x, y, name, weight) => {
    context.fillStyle = colour(name);
    context.font = `${weight} 13px ${colour('sans')}`;
    context.fillText(content, x, y);
  };
  const left = (side) => MARGIN + CELL + SPLIT + side * (sideWidth + SPLIT);
  titles.forEach((title, side) => text(title, left(side), MARGIN + 10, 'ink', 600));
  rows.forEach((row, ordinal) => {
    const y = MARGIN + LINE + ordinal * (CELL + GAP);
    drawImage(context, row.first, MARGIN, y);
    row.sides.forEach((side, place) => side.forEach(({image, shared}, rank) => {
      const x = left(place) + rank * (CELL + GAP);
      drawImage(context, image, x, y);
      if (shared) {
        context.fillStyle = colour('mark');
        context.fillRect(x, y + CELL - MARK, CELL, MARK);
      }
    }));
  });
  text(footer, MARGIN, height - MARGIN + 4, 'muted', 400);
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('the picture cannot be drawn'))), 'image/png'));
}

/** Hands a file to the reader. */
export function save(blob, name) {
  const url = URL.createObjectURL(blob);
  h('a', {href: url, download: name}).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
