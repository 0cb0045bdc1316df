// The stream of events, newest first, with filters, a pause, older ones from the journal, and one in detail beside it.

import { get } from '../lib/api.js';
import { arrange, eachFrame, h, put, setAttribute, setText } from '../lib/dom.js';
import { plural } from '../lib/format.js';
import { matchesEvent } from '../lib/select.js';
import { button, empty, failure, heading, searchBox, skeleton } from '../ui/parts.js';
import { notice } from '../ui/dialog.js';
import { EventDetail } from './event-detail.js';
import { eventRow } from './event-rows.js';

const PAGE = 200;
const SHOWN = 600;

export function eventsView(app, sequence, query) {
  return new EventsView(app, sequence, query);
}

class EventsView {
  #app;
  #filter;
  #paused = false;
  #held = [];
  #older = [];
  #exhausted = false;
  #chosen = null;
  #detail;
  #rows = new Map();
  #types = h('datalist', { id: 'event-types' });
  #list = h('ul', { class: 'events', 'aria-label': 'Events, newest first' });
  #told = h('p', { class: 'hint', role: 'status' });
  #foot = h('div', { class: 'list-foot' });
  #pause = button('Pause', { name: 'pause', key: 'p', action: () => this.#togglePause(), 'aria-pressed': 'false' });
  #off;
  #render = eachFrame(() => this.#draw());
  #searching = 0;

  constructor(app, sequence, query) {
    this.#app = app;
    this.#filter = { type: query.get('type') ?? '', subject: query.get('subject') ?? '', text: query.get('q') ?? '' };
    this.#detail = new EventDetail((next) => { location.hash = this.#address(next); });
    const input = (key, label, placeholder, rest = {}) => h('input', { class: 'input', type: 'search', 'aria-label': label, placeholder, value: this.#filter[key], autocomplete: 'off', spellcheck: 'false', ...rest,
      on: { input: (event) => this.#setFilter(key, event.target.value.trim()) } });
    const search = searchBox('Search events', { placeholder: 'Any words of the event  /', value: this.#filter.text, onInput: (text) => this.#setFilter('text', text) });
    this.element = h('div', { class: 'view events-view' },
      heading('Events', this.#jump()),
      h('div', { class: 'toolbar' }, search, input('type', 'Type', 'Type, or Agent*', { list: 'event-types' }), input('subject', 'Subject', 'Subject, or agent/shop/*'), this.#pause, this.#types),
      this.#told,
      h('div', { class: 'split' }, h('div', { class: 'split-list' }, this.#list, this.#foot), this.#detail.element));
    put(this.#list, h('li', {}, skeleton(8)));
    this.#off = app.store.on('events', (fresh) => {
      if (fresh.length === 0) this.#forget();
      this.#render();
    });
    this.#choose(sequence);
    this.#loadOlder();
    this.#draw();
  }

  end() {
    this.#off();
    clearTimeout(this.#searching);
  }

  /** Another journal answers now. */
  #forget() {
    this.#rows.clear();
    this.#older = [];
    this.#held = [];
    this.#exhausted = false;
  }

  /** Another event of the same list was chosen. */
  take(sequence, query) {
    if (['type', 'subject'].some((key) => query.has(key) && query.get(key) !== this.#filter[key])) return false;
    this.#choose(sequence);
    this.#draw();
    return true;
  }

  key(key) {
    if (key === 'p') this.#togglePause();
    else if (key === 'Escape' && this.#chosen !== null) location.hash = this.#address(null);
    else if ((key === 'ArrowLeft' || key === 'ArrowRight') && this.#chosen !== null) {
      location.hash = this.#address(Math.max(0, this.#chosen + (key === 'ArrowLeft' ? -1 : 1)));
    } else return false;
    return true;
  }

  #address(sequence) {
    const parts = new URLSearchParams();
    if (this.#filter.text) parts.set('q', this.#filter.text);
    if (this.#filter.type) parts.set('type', this.#filter.type);
    if (this.#filter.subject) parts.set('subject', this.#filter.subject);
    return `#/events${sequence === null ? '' : `/${sequence}`}${parts.size > 0 ? `?${parts}` : ''}`;
  }

  #jump() {
    const input = h('input', { class: 'input sequence-input', inputmode: 'numeric', pattern: '[0-9]+', 'aria-label': 'Sequence of an event', placeholder: 'Sequence', autocomplete: 'off' });
    return h('form', { class: 'jump-form', on: {
      submit: (event) => {
        event.preventDefault();
        if (/^\d+$/.test(input.value.trim())) location.hash = this.#address(Number(input.value.trim()));
        else notice('A sequence is a whole number, for example 4711', 'error');
      },
    } }, input, button('Go', { type: 'submit' }));
  }

  #choose(sequence) {
    this.#chosen = sequence === undefined ? null : Number(sequence);
    const known = this.#all().find((event) => event.sequence === this.#chosen);
    this.#detail.show(this.#chosen, known, this.#app.store.status?.journal?.id);
    this.element.classList.toggle('has-detail', this.#chosen !== null);
  }

  #setFilter(key, value) {
    this.#filter[key] = value;
    history.replaceState(null, '', this.#address(this.#chosen));
    clearTimeout(this.#searching);
    this.#searching = setTimeout(() => {
      this.#older = [];
      this.#exhausted = false;
      this.#loadOlder();
    }, 300);
    this.#draw();
  }

  #togglePause() {
    this.#paused = !this.#paused;
    this.#held = this.#paused ? [...this.#app.store.events] : [];
    setAttribute(this.#pause, 'aria-pressed', this.#paused ? 'true' : 'false');
    setText(this.#pause.lastChild, this.#paused ? 'Go on' : 'Pause');
    this.#draw();
  }

  /** Live ones and older ones, oldest first. */
  #all() {
    const live = this.#paused ? this.#held : this.#app.store.events;
    const first = live[0]?.sequence ?? Infinity;
    return [...this.#older.filter((event) => event.sequence < first), ...live];
  }

  async #loadOlder() {
    const filter = { ...this.#filter };
    const before = this.#older[0]?.sequence ?? this.#app.store.events[0]?.sequence;
    // The API matches subjects and types exactly or by their beginning; what is looser is matched here.
    const exact = (value) => (value.endsWith('*') || /^(agent|graph|bundle)\//.test(value) ? value : undefined);
    const type = /^[A-Z]\w+\*?$/.test(filter.type) ? (filter.type.endsWith('*') ? filter.type : `${filter.type}*`) : undefined;
    try {
      const { events } = await get('events', { to: before, subject: exact(filter.subject), type, limit: PAGE, newestFirst: true });
      if (JSON.stringify(filter) !== JSON.stringify(this.#filter)) return;
      this.#older = [...events.reverse(), ...this.#older];
      this.#exhausted = events.length < PAGE;
      this.#draw();
    } catch (error) {
      put(this.#foot, failure('Older events cannot be read', error, () => this.#loadOlder()));
    }
  }

  #draw() {
    const all = this.#all();
    const shown = all.filter((event) => matchesEvent(event, this.#filter)).reverse();
    this.#showTypes(all);
    arrange(this.#list, shown.slice(0, SHOWN).map((event) => this.#row(event)));
    if (shown.length === 0 && this.#exhausted) {
      put(this.#list, h('li', {}, all.length === 0 ? empty('No events yet', 'Whatever happens is written here. Apply a manifest on the host:', 'stratoswarm apply examples/hello.json')
        : empty('No event matches', 'Nothing in the journal matches these filters.')));
    }
    this.#tell(shown.length);
    put(this.#foot, this.#exhausted ? (shown.length > 0 ? h('p', { class: 'hint' }, 'This is the beginning of the journal.') : null)
      : button('Older events', { action: () => this.#loadOlder() }));
  }

  /** Rows stay the same elements while they are shown: a click or the focus on one must outlast what comes meanwhile. */
  #row(event) {
    let row = this.#rows.get(event.sequence);
    if (!row) {
      if (this.#rows.size > 2 * SHOWN) this.#rows.clear();
      row = h('li', {}, eventRow(event));
      this.#rows.set(event.sequence, row);
    }
    setAttribute(row.firstChild, 'aria-current', event.sequence === this.#chosen ? 'true' : null);
    return row;
  }

  #tell(number) {
    const filtered = this.#filter.type || this.#filter.subject || this.#filter.text;
    const waiting = this.#paused ? this.#app.store.events.filter((event) => event.sequence > (this.#held.at(-1)?.sequence ?? -1) && matchesEvent(event, this.#filter)).length : 0;
    setText(this.#told, [
      this.#paused ? `Paused; ${plural(waiting, 'event')} came since.` : '',
      filtered ? `${plural(number, 'event')} found so far.` : '',
    ].filter(Boolean).join(' ') || `${plural(this.#app.store.status?.journal?.size ?? number, 'event')} in the journal.`);
  }

  #showTypes(all) {
    const types = [...new Set(all.map((event) => event.type))].sort();
    if (this.#types.childElementCount !== types.length) put(this.#types, types.map((type) => h('option', { value: type })));
  }
}
