// Decisions that wait for an approval, kept in the store for the navigation and for their page.

import { get } from './api.js';
import { concernsApprovals } from './healing.js';
import { Refresh } from './refresh.js';

export class Approvals {
  #store;
  #refresh = null;

  constructor(store) {
    this.#store = store;
  }

  start() {
    this.#refresh ??= new Refresh(this.#store, () => this.load(), concernsApprovals, 30000);
  }

  stop() {
    this.#refresh?.end();
    this.#refresh = null;
    this.#store.setApprovals({ list: [], error: null, known: false });
  }

  async load() {
    try {
      const { approvals } = await get('approvals');
      this.#store.setApprovals({ list: approvals, error: null, known: true });
    } catch (error) {
      if (error.offline) return; // What is shown is as of then, which the banner says.
      this.#store.setApprovals({ list: [], error, known: true });
    }
  }
}
