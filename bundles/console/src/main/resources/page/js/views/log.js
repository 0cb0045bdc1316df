// What an agent prints: a tail that goes on, with search, a choice of streams, and a pause that loses nothing.

import { plain, spans } from '../lib/ansi.js';
import { chunks } from '../lib/api.js';
import { eachFrame, h, marked, put, setAttribute, setText } from '../lib/dom.js';
import { clockMillis, dateTime, parseTime, plural } from '../lib/format.js';
import { LineSplitter, backoff } from '../lib/lines.js';
import { choice, iconButton, panel, searchBox } from '../ui/parts.js';

const KEPT = 5000;
const FIRST = 1000;

export class LogPanel {
  #agent;
  #lines = [];
  #fresh = [];
  #stream = 'all';
  #text = '';
  #paused = false;
  #pinned = true;
  #over = false;
  #abort = new AbortController();
  #box = h('div', { class: 'log', role: 'log', 'aria-live': 'off', tabindex: 0, 'aria-label': 'Log lines' });
  #note = h('p', { class: 'log-note' });
  #told = h('span', { class: 'hint', role: 'status' });
  #pause = iconButton('Pause (p)', 'pause', () => this.togglePause(), { 'aria-pressed': 'false' });
  #wrap = iconButton('Wrap long lines', 'wrap', () => this.#toggleWrap(), { 'aria-pressed': 'true' });
  #latest = h('button', { type: 'button', class: 'button small log-latest', hidden: true, on: { click: () => this.#toLatest() } }, 'To the latest line');
  #render = eachFrame(() => this.#append());

  constructor(agent) {
    this.#agent = agent;
    this.#box.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    const tools = h('div', { class: 'panel-tools' },
      searchBox('Search the log', { placeholder: 'Search the log', onInput: (text) => { this.#text = text.trim(); this.#redraw(); } }),
      choice('Stream', [['all', 'all'], ['out', 'out'], ['err', 'err']], 'all', (stream) => { this.#stream = stream; this.#redraw(); }),
      this.#pause, this.#wrap, iconButton('Save as a file', 'download', () => this.#save()));
    this.element = panel('Log', { id: 'log-title', actions: tools, className: 'log-panel',
      body: h('div', { class: 'log-frame' }, this.#box, this.#note, this.#latest, this.#told) });
    setText(this.#note, 'Reading …');
    this.#follow();
  }

  end() {
    this.#over = true;
    this.#abort.abort();
  }

  togglePause() {
    this.#paused = !this.#paused;
    setAttribute(this.#pause, 'aria-pressed', this.#paused ? 'true' : 'false');
    setAttribute(this.#pause, 'aria-label', this.#paused ? 'Go on (p)' : 'Pause (p)');
    if (!this.#paused) this.#pinned = true;
    this.#render();
  }

  #toggleWrap() {
    const wraps = this.#box.classList.toggle('no-wrap');
    setAttribute(this.#wrap, 'aria-pressed', wraps ? 'false' : 'true');
  }

  async #follow() {
    for (let attempt = 0; !this.#over; attempt++) {
      try {
        const splitter = new LineSplitter();
        const resumed = this.#overlap();
        // Where nothing comes soon after the beginning, there is nothing yet.
        const quiet = () => setTimeout(this.#render, 300);
        const lines = this.#lines.length + this.#fresh.length > 0 ? KEPT : FIRST;
        for await (const chunk of chunks('logs', { agent: this.#agent, lines, follow: true }, this.#abort.signal, quiet)) {
          attempt = 0;
          for (const line of splitter.push(chunk)) {
            if (line === '') continue;
            const entry = JSON.parse(line);
            if (entry.problem) throw new Error(entry.problem.detail);
            if (!resumed(entry)) this.#fresh.push(entry);
          }
          this.#render();
        }
        setText(this.#told, 'The daemon ended the stream');
      } catch (error) {
        if (this.#over) return;
        setText(this.#told, error.status === 404 ? '' : `Interrupted: ${error.message}`);
        if (this.#lines.length === 0) setText(this.#note, error.status === 404 ? 'There is no such agent now, and no log of it.' : error.message);
      }
      await new Promise((resolve) => { setTimeout(resolve, backoff(attempt, Math.random())); });
    }
  }

  /** After a break the tail comes again: what is already here is told by its time, and by how many lines have that time. */
  #overlap() {
    const all = [...this.#lines, ...this.#fresh];
    const last = all.at(-1)?.time;
    if (last === undefined) return () => false;
    let same = all.filter((line) => line.time === last).length;
    return (entry) => {
      if (entry.time === undefined || entry.time > last) return false;
      if (entry.time < last) return true;
      return same-- > 0;
    };
  }

  #shows(entry) {
    return (this.#stream === 'all' || entry.stream === this.#stream) && (this.#text === '' || plain(entry.text).toLowerCase().includes(this.#text.toLowerCase()));
  }

  #append() {
    if (this.#paused) {
      setText(this.#told, this.#fresh.length > 0 ? `Paused; ${plural(this.#fresh.length, 'line')} came since` : 'Paused');
      if (this.#fresh.length > KEPT) this.#fresh.splice(0, this.#fresh.length - KEPT);
      return;
    }
    const fresh = this.#fresh.splice(0);
    this.#lines.push(...fresh);
    this.#box.append(...fresh.filter((entry) => this.#shows(entry)).map((entry) => this.#row(entry)));
    if (this.#lines.length > KEPT) this.#lines.splice(0, this.#lines.length - KEPT);
    while (this.#box.childElementCount > KEPT) this.#box.firstChild.remove();
    this.#tell();
    if (this.#pinned) this.#toLatest();
  }

  #redraw() {
    put(this.#box, this.#lines.filter((entry) => this.#shows(entry)).map((entry) => this.#row(entry)));
    this.#tell();
    this.#toLatest();
  }

  #tell() {
    const shown = this.#box.childElementCount;
    const filtered = this.#text !== '' || this.#stream !== 'all';
    setText(this.#told, filtered ? `${plural(shown, 'line')} of ${this.#lines.length.toLocaleString('en-US')} match` : '');
    setText(this.#note, shown > 0 ? '' : this.#lines.length > 0 ? 'No line matches.' : 'Nothing was printed yet.');
  }

  #row(entry) {
    const at = parseTime(entry.time);
    const text = this.#text ? marked(plain(entry.text), this.#text)
      : spans(entry.text).map((span) => (span.style ? h('span', { class: span.style }, span.text) : span.text));
    return h('div', { class: `log-line ${entry.stream}` },
      h('time', { title: dateTime(at) }, Number.isFinite(at) ? clockMillis(at) : ''),
      h('span', { class: 'log-stream' }, entry.stream), h('span', { class: 'log-text' }, text));
  }

  #scrolled() {
    this.#pinned = this.#box.scrollHeight - this.#box.scrollTop - this.#box.clientHeight < 24;
    this.#latest.hidden = this.#pinned;
  }

  #toLatest() {
    this.#pinned = true;
    this.#latest.hidden = true;
    this.#box.scrollTop = this.#box.scrollHeight;
  }

  #save() {
    const text = this.#lines.filter((entry) => this.#shows(entry)).map((entry) => `${entry.time ?? ''}\t${entry.stream}\t${plain(entry.text)}\n`).join('');
    const address = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
    h('a', { href: address, download: `${this.#agent.replace(/\//g, '-')}.log` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  }
}
