// Keeps the store true: one snapshot, then the live stream, and after a break the stream again from where it ended.

import { chunks, get } from './api.js';
import { SseParser, backoff } from './lines.js';

const RECENT = 300;
const SILENCE = 30000;
const HIDDEN = 60000;
const STATUS_EVERY = 10000;

export class Live {
  #store;
  #abort = null;
  #wake = null;
  #running = false;
  #hiddenTimer = 0;
  #asleep = false;
  #onUnauthenticated;

  constructor(store, onUnauthenticated) {
    this.#store = store;
    this.#onUnauthenticated = onUnauthenticated;
    // A browser has six connections a host for all of its tabs; one that nobody looks at gives its own back.
    document.addEventListener('visibilitychange', () => {
      clearTimeout(this.#hiddenTimer);
      if (document.hidden) this.#hiddenTimer = setTimeout(() => this.#sleep(), HIDDEN);
      else this.#awake();
    });
    addEventListener('online', () => this.retryNow());
    setInterval(() => this.#pollStatus(), STATUS_EVERY);
  }

  start() {
    if (this.#running) return;
    this.#running = true;
    this.#run();
  }

  stop() {
    this.#running = false;
    this.#abort?.abort();
    this.#wake?.();
  }

  retryNow() {
    this.#wake?.();
  }

  #sleep() {
    this.#asleep = true;
    this.#abort?.abort();
  }

  #awake() {
    this.#asleep = false;
    this.#wake?.();
  }

  async #run() {
    let attempt = 0;
    while (this.#running) {
      try {
        this.#abort = new AbortController();
        if (this.#store.connection.state !== 'connecting') this.#store.setConnection({ state: 'connecting' });
        await this.#connect(this.#abort.signal, () => { attempt = 0; });
        this.#store.setConnection({ problem: 'the daemon ended the stream' });
      } catch (error) {
        if (!this.#running) return;
        if (error.unauthenticated) {
          this.#running = false;
          this.#onUnauthenticated();
          return;
        }
        if (error.conflict) this.#store.forget(); // Another journal answers here now.
        this.#store.setConnection({ problem: error.name === 'AbortError' ? 'nothing was heard for a while' : error.message });
      }
      if (this.#running) await this.#pause(attempt++);
    }
  }

  async #pause(attempt) {
    const delay = this.#asleep ? 3600000 : backoff(attempt, Math.random());
    this.#store.setConnection({ state: this.#asleep ? 'asleep' : 'offline', retryAt: Date.now() + delay });
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, delay);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = null;
  }

  async #connect(signal, connected) {
    const status = await get('status', {}, signal);
    this.#store.setStatus(status);
    const size = status.journal?.size ?? 0;
    if (this.#store.nextSequence < 0) this.#store.nextSequence = Math.max(0, size - RECENT);
    const parser = new SseParser();
    const watch = this.#watchSilence();
    try {
      const stream = chunks('stream', { from: this.#store.nextSequence }, signal);
      for await (const chunk of stream) {
        if (this.#store.connection.state !== 'live') {
          connected();
          this.#store.setConnection({ state: 'live', problem: '', since: Date.now() });
        }
        watch.heard();
        this.#take(parser.push(chunk));
      }
    } finally {
      watch.end();
    }
  }

  /** A stream that is dead without an end, as after a suspended laptop, is given up. */
  #watchSilence() {
    const abort = this.#abort;
    let timer = 0;
    const heard = () => {
      clearTimeout(timer);
      timer = setTimeout(() => abort.abort(), SILENCE);
    };
    heard();
    return { heard, end: () => clearTimeout(timer) };
  }

  #take(messages) {
    const events = [];
    for (const message of messages) {
      const data = JSON.parse(message.data);
      if (message.event === 'event' || message.event === 'message') events.push(data);
      else if (message.event === 'agents') {
        if (data.full) this.#store.replaceAgents(data.agents);
        else this.#store.mergeAgents(data.agents, data.removed);
      } else if (message.event === 'problem') {
        throw new Error(data.detail ?? 'the stream failed');
      }
    }
    if (events.length > 0) this.#store.addEvents(events);
  }

  async #pollStatus() {
    if (!this.#running || document.hidden || this.#store.connection.state !== 'live') return;
    try {
      this.#store.setStatus(await get('status'));
    } catch {
      // The stream will tell, and in words.
    }
  }
}
