// Reads something anew when it may have changed: shortly after events that concern it, after a break, and now and then.

const SOON = 300;

export class Refresh {
  #load;
  #every;
  #offs;
  #timer = 0;
  #busy = false;
  #again = false;
  #over = false;
  #live;

  /** @param load is called at once, and never twice at a time */
  constructor(store, load, concerns, every = 15000) {
    this.#load = load;
    this.#every = every;
    this.#live = store.connection.state === 'live';
    this.#offs = [
      store.on('events', (fresh) => { if (fresh.length === 0 || fresh.some(concerns)) this.#soon(); }),
      store.on('connection', ({ state }) => {
        const live = state === 'live';
        if (live && !this.#live) this.#soon();
        this.#live = live;
      }),
    ];
    this.now();
  }

  end() {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#offs.forEach((off) => off());
  }

  async now() {
    clearTimeout(this.#timer);
    if (this.#busy) {
      this.#again = true;
      return;
    }
    this.#busy = true;
    this.#again = false;
    try {
      if (!document.hidden) await this.#load();
    } finally {
      this.#busy = false;
      if (!this.#over) this.#timer = setTimeout(() => this.now(), this.#again ? SOON : this.#every);
    }
  }

  #soon() {
    if (this.#over) return;
    if (this.#busy) {
      this.#again = true;
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.now(), SOON);
  }
}
