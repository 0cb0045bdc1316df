// Commands on agents, each asked for first. Only what the role allows is offered.

import { post } from '../lib/api.js';
import { plural } from '../lib/format.js';
import { attempt, confirm } from './dialog.js';

const DOWN = new Set(['stopped', 'completed', 'failed', 'quarantined', 'waiting']);

export function isDown(agent) {
  return DOWN.has(agent.phase);
}

const TEXTS = {
  restart: (what) => [`${what} is stopped as its manifest says, and started again.`],
  stop: (what) => [`${what} stays stopped until it is started, also over a restart of the daemon.`],
  start: (what) => [`${what} is started; a quarantine is lifted.`],
  kill: (what) => [`Every process of ${what} gets SIGKILL at once. What it has not written is lost. Its restart policy then decides.`],
};
const DONE = { restart: 'restarted', stop: 'stopped', start: 'started', kill: 'killed' };

function title(word) {
  return word[0].toUpperCase() + word.slice(1);
}

/** @param selector an agent, or a graph with the number of its agents */
export async function command(app, verb, selector, size = 0) {
  if (!app.store.may('operator')) return null;
  const what = size > 0 ? `Each of the ${plural(size, 'agent')} of ${selector}` : selector;
  const sure = verb === 'start' && size === 0
    || await confirm(`${title(verb)} ${selector}?`, { text: TEXTS[verb](what), verb: title(verb), danger: verb === 'kill' || verb === 'stop' });
  return sure ? attempt(`${selector} ${DONE[verb]}`, () => post(`agents/${verb}`, { selector })) : null;
}
