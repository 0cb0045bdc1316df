// Decisions that wait for somebody to agree.

import { post, segment } from '../lib/api.js';
import { h, put, setText } from '../lib/dom.js';
import { dateTime, duration, moment, parseTime } from '../lib/format.js';
import { person, waiting } from '../lib/healing.js';
import { askText, attempt } from '../ui/dialog.js';
import { button, copyable, empty, failure, heading, skeleton } from '../ui/parts.js';
import { putIfNew } from './healing-parts.js';
import { namedBadge } from './plugins.js';

export function approvalsView(app) {
  const body = h('div', {}, skeleton(3));
  const show = () => {
    const { list, error, known } = app.store.approvals;
    if (!known) return;
    if (error) {
      body.shownState = '';
      put(body, error.absent ? empty('Approvals are not available', error.message) : failure('It cannot be read what waits', error, () => app.approvals.load()));
      return;
    }
    putIfNew(body, list, () => (list.length === 0
      ? empty('Nothing waits', 'Rules and settings can make a decision wait until somebody else agrees. What waits is listed here.')
      : h('ul', { class: 'items' }, [...waiting(list), ...list.filter((one) => one.approvedBy)].map((one) => h('li', { class: 'item', data: { id: one.id } }, item(app, one))))));
  };
  const tick = setInterval(() => {
    for (const element of body.querySelectorAll('[data-expires]')) setText(element, left(element.dataset.expires));
  }, 1000);
  const off = app.store.on('approvals', show);
  show();
  app.approvals.load();
  return {
    element: h('div', { class: 'view' }, heading('Approvals'), body),
    end: () => {
      off();
      clearInterval(tick);
    },
  };
}

function left(expires) {
  const rest = Number(expires) - Date.now();
  return rest > 0 ? `expires in ${duration(rest)}` : 'its time is over';
}

/** What a decision is about is mostly an agent or a graph. */
function about(name) {
  if (!name) return null;
  return h('a', { href: name.includes('/') ? `#/agent/${name}` : `#/?q=${encodeURIComponent(`graph:${name}`)}` }, name);
}

function item(app, one) {
  const expires = parseTime(one.expires);
  // Healing decides about a case; its subject leads there.
  const found = /^heal\/(\d+)/.exec(one.id)?.[1];
  return [
    h('div', { class: 'item-head' }, h('span', { class: 'item-name' }, one.decisionType),
      about(one.agent),
      one.approvedBy ? namedBadge('completed', 'approved') : namedBadge('unhealthy', 'waits'),
      h('span', { class: 'item-numbers', title: dateTime(expires), 'data-expires': expires }, left(expires))),
    one.reasoning ? h('p', {}, one.reasoning) : null,
    h('p', { class: 'hint' }, one.approvedBy ? `Approved by ${one.approvedBy}; it has not acted yet.` : `It waits because of ${one.reasons.join('; ') || 'a rule'}.`),
    h('div', { class: 'item-foot' },
      h('span', { class: 'hint' }, `by ${one.actor}, ${moment(parseTime(one.decided), Date.now())}`),
      h('a', { href: `#/events/${one.sequence}` }, `event ${one.sequence}`), found ? h('a', { href: `#/healing/case/${found}` }, `case ${found}`) : null,
      copyable(one.id, one.id.length > 30 ? `${one.id.slice(0, 28)}…` : one.id), choices(app, one)),
  ];
}

function choices(app, one) {
  if (one.approvedBy || !app.store.may('operator')) return null;
  const own = person(app.store.session?.actor) === person(one.actor);
  return h('div', { class: 'actions' },
    own ? h('span', { class: 'hint' }, 'You decided this, so somebody else approves it.')
      : button('Approve', { name: 'check', look: 'primary small', action: () => decide(app, one, 'approve'), 'data-act': 'approve', 'data-keep': `approve ${one.id}` }),
    button('Reject', { name: 'kill', look: 'quiet-danger small', action: () => decide(app, one, 'reject'), 'data-act': 'reject', 'data-keep': `reject ${one.id}` }));
}

async function decide(app, one, verb) {
  const approve = verb === 'approve';
  const what = [one.decisionType, one.agent].filter(Boolean).join(' of ');
  const reason = await askText(`${approve ? 'Approve' : 'Reject'} ${what}?`, {
    text: [one.reasoning, approve ? 'It may then act. A command is carried out when it is given once more.' : 'It is closed and does not act.'].filter(Boolean),
    label: 'Why', placeholder: 'Kept with your answer in the journal', verb: approve ? 'Approve' : 'Reject', danger: !approve });
  if (reason === null) return;
  await attempt(`${what} ${approve ? 'approved' : 'rejected'}`, () => post(`approvals/${segment(one.id)}/${verb}`, reason ? { reason } : {}));
  app.approvals.load();
}
