// The beginning: session, frame, routes. Everything else is started from here.

import { h, put, setText } from './lib/dom.js';
import { get, post, remove } from './lib/api.js';
import { Approvals } from './lib/approvals.js';
import { Live } from './lib/live.js';
import { Usage } from './lib/metrics.js';
import { Store } from './lib/store.js';
import { Frame } from './ui/frame.js';
import { notice } from './ui/dialog.js';
import { failure } from './ui/parts.js';
import { Keys } from './ui/keys.js';
import { agentView } from './views/agent.js';
import { agentsView } from './views/agents.js';
import { approvalsView } from './views/approvals.js';
import { caseView } from './views/case.js';
import { eventsView } from './views/events.js';
import { healingView } from './views/healing.js';
import { hostView } from './views/host.js';
import { loginView } from './views/login.js';
import { pluginsView } from './views/plugins.js';
import { predictionsView } from './views/predictions.js';
import { scriptView } from './views/script.js';
import { scriptsView } from './views/scripts.js';
import { strategiesView } from './views/strategies.js';

const ROUTES = [
  { pattern: /^$/, view: agentsView, nav: 'agents', title: 'Agents' },
  { pattern: /^agent\/(.+)$/, view: agentView, nav: 'agents', title: (id) => id },
  { pattern: /^events(?:\/(\d+))?$/, view: eventsView, nav: 'events', title: (sequence) => (sequence ? `Event ${sequence}` : 'Events') },
  { pattern: /^healing$/, view: healingView, nav: 'healing', title: 'Healing' },
  { pattern: /^healing\/case\/(\d+)$/, view: caseView, nav: 'healing', title: (number) => `Case ${number}` },
  { pattern: /^healing\/strategies$/, view: strategiesView, nav: 'healing', title: 'Strategies' },
  { pattern: /^predictions$/, view: predictionsView, nav: 'healing', title: 'Predictions' },
  { pattern: /^approvals$/, view: approvalsView, nav: 'approvals', title: 'Approvals' },
  { pattern: /^plugins$/, view: pluginsView, nav: 'plugins', title: 'Plugins' },
  { pattern: /^scripts$/, view: scriptsView, nav: 'scripts', title: 'Scripts' },
  { pattern: /^scripts\/(.+)$/, view: scriptView, nav: 'scripts', title: (name) => name },
  { pattern: /^host$/, view: hostView, nav: 'host', title: 'Host' },
];

class App {
  store = new Store();
  usage = new Usage(this.store);
  approvals = new Approvals(this.store);
  #live = new Live(this.store, () => this.#signedOut('Your session has ended. Sign in again.'));
  #frame = null;
  #view = null;
  #shown = '';

  constructor(root) {
    this.root = root;
    addEventListener('hashchange', () => this.#route());
    this.keys = new Keys(this);
  }

  async begin() {
    const secret = secretOf(location);
    if (secret) {
      // It must not stay in the address bar or in the history, whatever comes of it.
      history.replaceState(null, '', new URL('./#/', location.href));
      if (!(await this.#signIn(secret))) return;
    } else if (location.pathname.endsWith('/login')) history.replaceState(null, '', new URL('./#/', location.href));
    await this.#session();
  }

  async #signIn(secret) {
    try {
      await post('session', secret);
      return true;
    } catch (error) {
      this.#login(`The link to sign in was not accepted: ${error.message}`);
      return false;
    }
  }

  async #session() {
    try {
      this.store.session = await get('session');
    } catch (error) {
      if (error.unauthenticated) return this.#login('');
      put(this.root, h('main', { class: 'alone' }, failure('The daemon cannot be reached', error, () => this.#session())));
      return undefined;
    }
    this.#frame = new Frame(this);
    put(this.root, this.#frame.element);
    this.#live.start();
    this.usage.start();
    this.approvals.start();
    this.#route();
    return undefined;
  }

  #login(problem) {
    this.#end();
    document.title = 'Sign in · Stratoswarm';
    put(this.root, loginView(problem, async (token) => {
      await post('session', { token });
      await this.#session();
    }));
    this.root.querySelector('input')?.focus();
  }

  #signedOut(problem) {
    this.store.session = null;
    this.#login(problem);
  }

  #end() {
    this.#view?.end?.();
    this.#view = null;
    this.#frame = null;
    this.#shown = '';
    this.usage.stop();
    this.approvals.stop();
    this.#live.stop();
  }

  async signOut() {
    try {
      await remove('session');
      this.#signedOut('You have signed out.');
    } catch (error) {
      notice(`Could not sign out: ${error.message}`, 'error');
    }
  }

  retryNow() {
    this.#live.retryNow();
  }

  #route() {
    if (!this.#frame) return;
    const [path, search = ''] = location.hash.replace(/^#\/?/, '').split('?');
    const found = ROUTES.map((route) => ({ route, match: route.pattern.exec(decodeURIComponent(path)) })).find((it) => it.match);
    const query = new URLSearchParams(search);
    if (this.#view && this.#shown === path && this.#view.query) {
      this.#view.query(query);
      return;
    }
    // A view may take another path of its own kind in, as the list of events does for the one that is chosen.
    if (this.#view?.take && found && found.route.view === this.#view.kind && this.#view.take(found.match[1], query)) {
      this.#shown = path;
      this.#title(found);
      return;
    }
    this.#view?.end?.();
    this.#shown = path;
    if (!found) {
      this.#view = { element: failure('There is no such page', { message: `Nothing is at ${location.hash}. The list of agents is at #/.` }) };
    } else {
      this.#view = found.route.view(this, found.match[1], query);
      this.#view.kind = found.route.view;
    }
    this.#frame.show(this.#view.element, found?.route.nav);
    this.#title(found);
  }

  #title(found) {
    const { title } = found?.route ?? { title: 'Not found' };
    const text = typeof title === 'function' ? title(found.match[1]) : title;
    document.title = `${text} · Stratoswarm`;
    setText(this.#frame.announcer, text);
  }

  /** The view that is shown, for shortcuts that are its own. */
  get view() {
    return this.#view;
  }

  get signedIn() {
    return this.#frame !== null;
  }
}

addEventListener('unhandledrejection', (event) => {
  if (event.reason?.name === 'AbortError') event.preventDefault();
});

/** What a link to sign in carries behind the #: a one-time code of `stratoswarm open`, or a token. */
function secretOf({ pathname, hash }) {
  const token = /^#\/login\?(?:.*&)?(token|code)=([^&]+)/.exec(hash);
  if (token) return { [token[1]]: decodeURIComponent(token[2]) };
  return pathname.endsWith('/login') && /^#[^/]/.test(hash) ? { code: decodeURIComponent(hash.slice(1)) } : null;
}

new App(document.getElementById('app')).begin();
