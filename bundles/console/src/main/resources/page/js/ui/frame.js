// What stays around every view: navigation, connection, theme, session.

import { h, put, setAttribute, setText } from '../lib/dom.js';
import { duration } from '../lib/format.js';
import { waiting } from '../lib/healing.js';
import { inTrouble } from '../lib/select.js';
import { helpDialog } from './dialog.js';
import { icon, logo } from './icons.js';
import { jump } from './jump.js';
import { SHORTCUTS } from './keys.js';
import { button, iconButton } from './parts.js';
import { nextTheme, theme } from './theme.js';

const PLACES = [['agents', 'Agents', '#/'], ['events', 'Events', '#/events'], ['host', 'Host', '#/host'], ['healing', 'Healing', '#/healing'], ['approvals', 'Approvals', '#/approvals'],
  ['scripts', 'Scripts', '#/scripts'], ['plugins', 'Plugins', '#/plugins']];
const STATES = { live: 'Live', connecting: 'Connecting', offline: 'Offline', asleep: 'Paused' };

export class Frame {
  #app;
  #links = new Map();
  #main = h('main', { id: 'main', tabindex: -1 });
  #state = h('span', { class: 'connection', role: 'status' });
  #banner = h('div', { class: 'banner', hidden: true });
  #bannerText = h('span', { role: 'alert' });
  #countdown = h('span', { class: 'countdown' });
  #trouble = h('span', { class: 'nav-count', hidden: true });
  #waiting = h('span', { class: 'nav-count waits', hidden: true });
  announcer = h('div', { class: 'sr-only', role: 'status', 'aria-live': 'polite' });

  constructor(app) {
    this.#app = app;
    const { store } = app;
    this.#banner.append(icon('warning'), this.#bannerText, this.#countdown, button('Retry now', { look: 'small', action: () => app.retryNow() }));
    this.element = h('div', { class: 'frame' },
      h('a', { class: 'skip', href: '#main', on: { click: (event) => { event.preventDefault(); this.#main.focus(); } } }, 'Skip to the content'),
      h('header', { class: 'side' },
        h('a', { class: 'brand', href: '#/', 'aria-label': 'Stratoswarm, agents' }, logo(), h('span', {}, 'Stratoswarm')),
        h('nav', { 'aria-label': 'Pages' }, PLACES.map((place) => this.#link(...place))),
        h('div', { class: 'side-foot' }, this.#state, this.#tools())),
      h('div', { class: 'content' }, this.#banner, this.#main), this.announcer);
    store.on('connection', () => this.#connection());
    store.on('agents', () => this.#count());
    store.on('approvals', () => this.#countApprovals());
    setInterval(() => this.#connection(), 1000);
    this.#connection();
  }

  #link(name, label, target) {
    const link = h('a', { href: target }, icon(name), h('span', {}, label), { agents: this.#trouble, approvals: this.#waiting }[name]);
    this.#links.set(name, link);
    return link;
  }

  #tools() {
    const { session } = this.#app.store;
    const who = (session.actor ?? '').replace(/^token:/, '').replace(/@.*$/, '') || 'signed in';
    const themed = iconButton('Colours', 'auto', () => paint(nextTheme()));
    const paint = (now) => {
      put(themed, icon({ auto: 'auto', light: 'sun', dark: 'moon' }[now]));
      setAttribute(themed, 'aria-label', `Colours: ${now}`);
      setAttribute(themed, 'title', `Colours: ${now} (t)`);
    };
    paint(theme());
    new MutationObserver(() => paint(theme())).observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return h('div', { class: 'tools' },
      h('span', { class: 'who', title: session.actor }, h('span', { class: 'who-name' }, who), h('span', { class: 'role' }, session.role ?? '')),
      h('div', { class: 'tool-row' },
        iconButton('Go to (k)', 'search', () => jump(this.#app)),
        themed, iconButton('Shortcuts (?)', 'help', () => helpDialog(SHORTCUTS)),
        iconButton('Sign out', 'logout', () => this.#app.signOut())));
  }

  #connection() {
    const { state, retryAt, problem } = this.#app.store.connection;
    setAttribute(this.#state, 'data-state', state);
    if (this.#state.textContent !== STATES[state]) put(this.#state, h('span', { class: 'dot' }), h('span', {}, STATES[state]));
    const offline = state === 'offline' || (state === 'connecting' && problem !== '');
    if (this.#banner.hidden === offline) this.#banner.hidden = !offline;
    if (!offline) return;
    const wait = Math.max(0, Math.ceil((retryAt - Date.now()) / 1000)) * 1000;
    setText(this.#bannerText, `Connection lost: ${problem}. What is shown is as of then.`);
    setText(this.#countdown, state === 'offline' && wait > 0 ? `Next try in ${duration(wait)}` : 'Trying …');
  }

  #count() {
    const number = [...this.#app.store.agents.values()].filter(inTrouble).length;
    this.#trouble.hidden = number === 0;
    setText(this.#trouble, number);
    setAttribute(this.#trouble, 'aria-label', `${number} in trouble`);
  }

  #countApprovals() {
    const number = waiting(this.#app.store.approvals.list).length;
    this.#waiting.hidden = number === 0;
    setText(this.#waiting, number);
    setAttribute(this.#waiting, 'aria-label', `${number} waiting`);
    setAttribute(this.#links.get('approvals'), 'data-waits', number > 0);
  }

  show(element, nav) {
    for (const [name, link] of this.#links) setAttribute(link, 'aria-current', name === nav ? 'page' : null);
    put(this.#main, element);
    scrollTo(0, 0);
    (element.querySelector('h1') ?? this.#main).focus({ preventScroll: true });
  }
}
