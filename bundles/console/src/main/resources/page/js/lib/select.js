// Which agents and events are shown, and in which order. Pure.

/** Phases in the order in which an operator wants to see them: what needs a look comes first. */
export const PHASES = [
  'failed', 'quarantined', 'unhealthy', 'backoff', 'starting', 'stopping', 'running', 'ready', 'waiting', 'stopped', 'completed',
];

const TROUBLE = new Set(['failed', 'quarantined', 'unhealthy', 'backoff']);

export function inTrouble(agent) {
  return TROUBLE.has(agent.phase);
}

/** Words that must all occur, in any case; `graph:x` and `phase:x` look at one field. */
export function matchesAgent(agent, text) {
  const all = `${agent.id} ${agent.phase} ${agent.reason} ${agent.command ?? ''}`.toLowerCase();
  return words(text).every((word) => {
    if (word.startsWith('graph:')) return agent.graph.toLowerCase().startsWith(word.slice(6));
    if (word.startsWith('phase:')) return agent.phase.startsWith(word.slice(6));
    return all.includes(word);
  });
}

export function words(text) {
  return text.toLowerCase().split(/\s+/).filter(Boolean);
}

const natural = new Intl.Collator('en', { numeric: true });

export const SORTS = {
  name: { label: 'Name', compare: (a, b) => natural.compare(a.id, b.id) },
  phase: { label: 'State', compare: (a, b) => PHASES.indexOf(a.phase) - PHASES.indexOf(b.phase) },
  restarts: { label: 'Restarts', compare: (a, b) => b.restarts - a.restarts },
  started: { label: 'Started last', compare: (a, b) => (b.started ?? '').localeCompare(a.started ?? '') },
  cpu: { label: 'CPU', compare: (a, b, usage) => usage(b.id, 'cpu') - usage(a.id, 'cpu') },
  memory: { label: 'Memory', compare: (a, b, usage) => usage(b.id, 'memory') - usage(a.id, 'memory') },
};

/** Agents that match, sorted, in groups of graphs in order of name. */
export function grouped(agents, { text = '', phases = new Set(), sort = 'name' }, usage = () => 0) {
  const compare = SORTS[sort].compare;
  const groups = new Map();
  for (const agent of agents) {
    if ((phases.size > 0 && !phases.has(agent.phase)) || !matchesAgent(agent, text)) continue;
    if (!groups.has(agent.graph)) groups.set(agent.graph, []);
    groups.get(agent.graph).push(agent);
  }
  for (const list of groups.values()) list.sort((a, b) => compare(a, b, usage) || natural.compare(a.id, b.id));
  return [...groups.entries()].sort(([a], [b]) => natural.compare(a, b));
}

/** A pattern with a `*` at the end matches beginnings, as in the API; without one it matches anywhere. */
export function matchesEvent(event, { type = '', subject = '', text = '' }) {
  if (type && !pattern(type, event.type)) return false;
  if (subject && !(subject.endsWith('*') ? event.subject.startsWith(subject.slice(0, -1)) : event.subject.includes(subject))) return false;
  if (!text) return true;
  const all = `${event.sequence} ${event.type} ${event.subject} ${event.actor} ${JSON.stringify(event.payload ?? '')}`.toLowerCase();
  return words(text).every((word) => all.includes(word));
}

function pattern(given, value) {
  return given.endsWith('*') ? value.startsWith(given.slice(0, -1)) : value.toLowerCase().includes(given.toLowerCase());
}
