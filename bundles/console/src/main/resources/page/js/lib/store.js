// What is known of the daemon, and who wants to hear of changes. One store a page.

const KEPT_EVENTS = 3000;

export class Store {
  #listeners = new Map();

  session = null;
  connection = { state: 'connecting', since: 0, retryAt: 0, problem: '' };
  status = null;
  agents = new Map();
  agentsKnown = false;
  /** In order of sequence, without holes from `eventsFrom` on. */
  events = [];
  nextSequence = -1;
  /** Decisions that wait for an approval, or why they cannot be read. */
  approvals = { list: [], error: null, known: false };

  /** @returns what ends it */
  on(topic, listener) {
    if (!this.#listeners.has(topic)) this.#listeners.set(topic, new Set());
    this.#listeners.get(topic).add(listener);
    return () => this.#listeners.get(topic).delete(listener);
  }

  emit(topic, value) {
    for (const listener of [...(this.#listeners.get(topic) ?? [])]) listener(value);
  }

  setConnection(change) {
    this.connection = { ...this.connection, ...change };
    this.emit('connection', this.connection);
  }

  setStatus(status) {
    const other = this.status?.journal && status.journal && this.status.journal.id !== status.journal.id;
    this.status = status;
    if (other) this.forget(); // Another journal answers here now: sequences mean other events.
    this.emit('status', status);
  }

  setApprovals(approvals) {
    this.approvals = approvals;
    this.emit('approvals', approvals);
  }

  forget() {
    this.events = [];
    this.nextSequence = -1;
    this.agents = new Map();
    this.agentsKnown = false;
    this.emit('events', []);
    this.emit('agents', null);
  }

  replaceAgents(list) {
    this.agents = new Map(list.map((agent) => [agent.id, agent]));
    this.agentsKnown = true;
    this.emit('agents', null);
  }

  mergeAgents(list, removed = []) {
    for (const agent of list) this.agents.set(agent.id, agent);
    for (const id of removed) this.agents.delete(id);
    this.emit('agents', new Set([...list.map((agent) => agent.id), ...removed]));
  }

  addEvents(list) {
    const fresh = list.filter((event) => event.sequence >= this.nextSequence);
    if (fresh.length === 0) return;
    this.events.push(...fresh);
    this.nextSequence = fresh[fresh.length - 1].sequence + 1;
    if (this.events.length > KEPT_EVENTS) this.events.splice(0, this.events.length - KEPT_EVENTS);
    this.emit('events', fresh);
  }

  may(role) {
    const order = ['viewer', 'operator', 'admin'];
    return order.indexOf(this.session?.role ?? 'viewer') >= order.indexOf(role);
  }
}
