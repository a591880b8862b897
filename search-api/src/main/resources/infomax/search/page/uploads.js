// Images given to this page: dropped, pasted or chosen. They live in this page only.
import {h} from './elements.js';
import * as question from './question.js';

export const FILE_BYTES_MAX = 10 * 1024 * 1024;

const uploads = new Map();

/** The upload with this key, undefined after the page was loaded anew. */
export const upload = (key) => uploads.get(key);

let held = {key: null, bitmap: null};

/** The pixels of an upload, upright: the browser applies the EXIF orientation, as the service does. Those of one are kept, a photo has 50 MB. */
export function bitmapOf(key) {
  if (held.key !== key) {
    held.bitmap?.then((bitmap) => bitmap.close(), () => {});
    held = {key, bitmap: createImageBitmap(uploads.get(key).file)};
    held.bitmap.catch(() => {});
  }
  return held.bitmap;
}

/** Searches with a file, in the way that was searched before. */
function open(file) {
  const key = String(uploads.size + 1);
  uploads.set(key, {file, url: URL.createObjectURL(file)});
  const [, query] = location.hash.split('?');
  const asked = question.read(new URLSearchParams(location.hash.startsWith('#/search') ? query ?? '' : ''));
  location.hash = question.address({...question.fresh(asked), upload: key});
}

const firstImage = (files) => [...(files ?? [])].find((file) => file.type.startsWith('image/')) ?? [...(files ?? [])][0];

/** An image can be dropped or pasted on every view. */
export function acceptAnywhere() {
  const veil = document.getElementById('drop-veil');
  let depth = 0;
  const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes('Files');
  window.addEventListener('dragenter', (event) => { if (hasFiles(event)) { depth++; veil.hidden = false; } });
  window.addEventListener('dragleave', (event) => { if (hasFiles(event) && --depth <= 0) { depth = 0; veil.hidden = true; } });
  window.addEventListener('dragover', (event) => { if (hasFiles(event)) event.preventDefault(); });
  window.addEventListener('drop', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    depth = 0;
    veil.hidden = true;
    const file = firstImage(event.dataTransfer.files);
    if (file) open(file);
  });
  window.addEventListener('paste', (event) => {
    const file = firstImage(event.clipboardData?.files);
    if (file) {
      event.preventDefault();
      open(file);
    }
  });
}

/** A button that opens the file dialog. */
export function chooser(label, main) {
  const input = h('input', {type: 'file', accept: 'image/jpeg,image/png,image/webp,image/gif,image/bmp', hidden: true, 'data-role': 'file',
    onchange: () => { if (input.files[0]) open(input.files[0]); }});
  return [input, h(main ? 'button.main' : 'button', {type: 'button', onclick: () => input.click()}, label)];
}
