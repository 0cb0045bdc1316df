// What healing and predictions tell, in words and looks. Pure.

/** A reward or a share of one, in two digits as the command line writes it. */
export function share(value) {
  return Number.isFinite(value) ? value.toFixed(2) : '–';
}

/** The look of a phase, and a word, for how a case is. */
export function caseLook({ state, reward }) {
  if (state === 'open') return { phase: 'running', word: 'open' };
  if (state === 'waits') return { phase: 'unhealthy', word: 'waits' };
  if (state === 'withheld') return { phase: 'stopped', word: 'withheld' };
  if (!Number.isFinite(reward)) return { phase: 'stopped', word: 'ended' };
  return reward >= 0.5 ? { phase: 'completed', word: 'well again' } : { phase: 'failed', word: 'not well' };
}

const OUTCOMES = {
  hit: ['failed', 'came true'], 'false-alarm': ['unhealthy', 'false alarm'], prevented: ['completed', 'did not fail'],
  'failed-anyway': ['failed', 'failed anyway'], void: ['stopped', 'void'],
};
const STATES = { alone: ['waiting', 'left alone'], waits: ['unhealthy', 'waits'], acting: ['running', 'acting'], acted: ['running', 'acted'], ended: ['stopped', 'ended'] };

/** The same for a prediction, by its outcome once it has one. */
export function predictionLook({ outcome, state }) {
  const [phase, word] = OUTCOMES[outcome] ?? STATES[state] ?? ['waiting', outcome || state];
  return { phase, word };
}

/** The same for a trial on a clone. */
export function trialLook({ open, why }) {
  if (open) return { phase: 'running', word: 'goes on' };
  return why ? { phase: 'unhealthy', word: 'ended early' } : { phase: 'completed', word: 'ended' };
}

/** What is or was done about a prediction. */
export function measureOf({ heldOut, measure }) {
  return heldOut ? 'left alone by lot, to compare' : measure || 'nothing';
}

/** A class as people call it, with its label where that is another word. */
export function className({ name, class: label }) {
  return name && name !== label ? `${name} (${label})` : label;
}

const HEALING = /^(healing|prediction|strategy|clone)(\/|$)/;

/** Whether an event may change what is shown of healing or of predictions. */
export function concernsHealing(event) {
  return HEALING.test(event.subject);
}

/** Whether an event may change what waits for an approval. */
export function concernsApprovals(event) {
  return event.type.startsWith('Decision');
}

/** Actors without the address that follows an `@`: the same person by another way in is the same. */
export function person(actor) {
  return String(actor ?? '').replace(/@[^@]*$/, '');
}

/** Decisions that wait for a person, without those that are approved and have not acted yet. */
export function waiting(approvals) {
  return approvals.filter((one) => !one.approvedBy);
}

/** Cases whose agent's id has all of the words. */
export function casesOf(cases, text) {
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
  return cases.filter((one) => wanted.every((word) => one.agent.toLowerCase().includes(word)));
}

/** How many of those came true that nothing was done about, and how many failures were foreseen at all; null where there were none. */
export function rates({ hits, falseAlarms, missed }) {
  const judged = hits + falseAlarms;
  const failures = hits + missed;
  return {
    cameTrue: judged > 0 ? { part: hits, whole: judged } : null,
    foreseen: failures > 0 ? { part: hits, whole: failures } : null,
  };
}
