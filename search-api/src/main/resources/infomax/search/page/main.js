// Start and routes: the part after # names the view and what it shows.
import {h} from './elements.js';
import * as live from './live.js';
import * as masthead from './masthead.js';
import * as notices from './notices.js';
import * as search from './search.js';
import * as sheet from './sheet.js';
import * as encoders from './encoders.js';
import * as rejected from './rejected.js';
import * as system from './system.js';

const VIEWS = {search, sheet, encoders, rejected, system};
const TITLES = {search: 'Search', sheet: 'Sheet', encoders: 'Encoders', rejected: 'Rejected', system: 'System'};

const main = document.getElementById('view');
let leave = () => {};
let shown = null;

function route() {
  const [path, query] = location.hash.replace(/^#\/?/, '').split('?');
  const name = VIEWS[path] ? path : 'search';
  leave();
  document.title = `${TITLES[name]} – Infomax Search`;
  for (const link of document.querySelectorAll('.tabs a')) {
    if (link.dataset.view === name) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  const holder = h('div', {'data-view': name});
  main.replaceChildren(holder);
  if (shown !== null && shown !== name) window.scrollTo(0, 0);
  shown = name;
  leave = VIEWS[name].show(holder, new URLSearchParams(query ?? '')) ?? (() => {});
}

masthead.start();
notices.start();
search.acceptFilesAnywhere();
window.addEventListener('hashchange', route);
route();
live.connect();
