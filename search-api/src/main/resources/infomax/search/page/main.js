// Start and routes: the part after # names the view and what it shows.
import {h} from './elements.js';
import * as history from './history.js';
import * as live from './live.js';
import * as masthead from './masthead.js';
import * as notices from './notices.js';
import * as uploads from './uploads.js';
import * as search from './search.js';
import * as sheet from './sheet.js';
import * as encoders from './encoders.js';
import * as roll from './roll.js';
import * as stream from './stream.js';

const VIEWS = {search, sheet, encoders, roll, stream};
const TITLES = {search: 'Search', sheet: 'Sheet', encoders: 'Encoders', roll: 'Roll', stream: 'Stream'};
/** Addresses of before. */
const MOVED = {rejected: 'stream', system: 'roll'};

const main = document.getElementById('view');
let view = {};
let shown = null;

/** A view is shown once and then told of every other address of its own. */
function route() {
  const [path, query] = location.hash.replace(/^#\/?/, '').split('?');
  const wanted = MOVED[path] ?? path;
  const name = VIEWS[wanted] ? wanted : 'search';
  const parameters = new URLSearchParams(query ?? '');
  if (shown === name && view.update) {
    view.update(parameters);
    return;
  }
  view.leave?.();
  document.title = `${TITLES[name]} – Infomax Search`;
  for (const link of document.querySelectorAll('.tabs a')) {
    if (link.dataset.view === name) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  const holder = h('div', {'data-view': name});
  main.replaceChildren(holder);
  if (shown !== null && shown !== name) window.scrollTo(0, 0);
  shown = name;
  const made = VIEWS[name].show(holder, parameters);
  view = typeof made === 'function' ? {leave: made} : made ?? {};
}

history.start();
masthead.start();
notices.start();
uploads.acceptAnywhere();
// "Skip to content" is no address.
document.querySelector('.skip').addEventListener('click', (event) => {
  event.preventDefault();
  main.focus();
});
window.addEventListener('hashchange', route);
route();
live.connect();
