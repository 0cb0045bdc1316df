// Shortcuts. They do not act while something is typed, nor with Ctrl, Alt or Meta, which belong to the browser.

import { helpDialog, notice } from './dialog.js';
import { nextTheme } from './theme.js';
import { jump } from './jump.js';

const PLACES = { a: '#/', c: '#/healing', e: '#/events', f: '#/predictions', h: '#/host', p: '#/plugins', s: '#/scripts', w: '#/approvals' };

export const SHORTCUTS = [
  ['Everywhere', [
    ['?', 'this list'], ['/', 'search'], ['k', 'go to an agent, a page or an event (also Ctrl K)'], ['t', 'light, dark, or as the system'],
    ['g a', 'agents'], ['g e', 'events'], ['g h', 'host'], ['g p', 'plugins'], ['g s', 'scripts'],
    ['g c', 'healing and its cases'], ['g f', 'predictions'], ['g w', 'what waits for an approval'], ['Esc', 'close, leave the search'],
  ]],
  ['Lists', [['↓ ↑', 'next or previous row'], ['Enter', 'open the row']]],
  ['Agent', [['r', 'restart'], ['x', 'stop or start'], ['1 2 3 4', 'range of the charts: 15 m, 1 h, 6 h, 24 h'], ['p', 'pause the log']]],
  ['Events', [['p', 'pause or go on'], ['← →', 'earlier or later event, in the detail']]],
  ['Charts', [['← →', 'move the reading position; with Shift ten steps'], ['Home End', 'first and last']]],
];

export class Keys {
  #app;
  #pending = 0;

  constructor(app) {
    this.#app = app;
    document.addEventListener('keydown', (event) => this.#key(event));
  }

  #key(event) {
    if (!this.#app.signedIn || event.defaultPrevented) return;
    if ((event.ctrlKey || event.metaKey) && event.key === 'k') {
      event.preventDefault();
      jump(this.#app);
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
    if (event.target.closest('input, textarea, select')) {
      if (event.key === 'Escape') event.target.blur();
      return;
    }
    if (this.#act(event)) event.preventDefault();
  }

  #act(event) {
    const { key } = event;
    if (this.#pending && Date.now() - this.#pending < 1500 && PLACES[key]) {
      this.#pending = 0;
      location.hash = PLACES[key];
      return true;
    }
    this.#pending = key === 'g' ? Date.now() : 0;
    if (key === 'g') return true;
    if (key === '?') helpDialog(SHORTCUTS);
    else if (key === 'k') jump(this.#app);
    else if (key === '/') document.querySelector('main [data-search]')?.focus();
    else if (key === 't') notice(`Colours: ${nextTheme()}`);
    else if ((key === 'ArrowDown' || key === 'ArrowUp') && step(event, key === 'ArrowDown')) return true;
    else return this.#app.view?.key?.(key, event) ?? false;
    return true;
  }
}

/** From one row's link to the next; from elsewhere to the first. */
function step(event, forward) {
  const links = [...document.querySelectorAll('main [data-row]')].filter((link) => link.offsetParent !== null);
  const at = links.indexOf(document.activeElement);
  if (links.length === 0 || (at < 0 && event.target !== document.body && !event.target.matches('h1'))) return false;
  const next = links[at < 0 ? 0 : Math.min(links.length - 1, Math.max(0, at + (forward ? 1 : -1)))];
  next.focus();
  next.scrollIntoView({ block: 'nearest' });
  return true;
}
