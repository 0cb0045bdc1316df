// One event in a list: time, sequence, type, subject, and the most telling words of its payload.

import { h } from '../lib/dom.js';
import { dateTime, moment, parseTime } from '../lib/format.js';

const TELLING = ['reason', 'why', 'how', 'error', 'problem', 'detail', 'message', 'text', 'line', 'status', 'exit', 'signal', 'file', 'name', 'decision', 'version'];

/** How an event is coloured, by its type. */
export function tone(type) {
  if (/(Failed|Refused|Quarantined|Exited|Salvaged|Unhealthy|Breached|Damaged)/.test(type)) return 'bad';
  if (/(Scheduled|Skipped|Limited|Stepped|Released|Waiting)/.test(type)) return 'warn';
  if (/(Ready|Healthy|Completed|Started|Loaded|Applied)$/.test(type)) return 'good';
  return 'plain';
}

/** A few words of the payload; all of it is in the detail. */
export function gist(event) {
  const { payload } = event;
  if (payload === null || typeof payload !== 'object') return payload === undefined ? event.mediaType ?? '' : String(payload);
  for (const key of TELLING) {
    if (typeof payload[key] === 'string' && payload[key] !== '') return payload[key];
  }
  const parts = Object.entries(payload).filter(([key, value]) => key !== 'at' && value !== '' && value !== null && typeof value !== 'object' && !(value > 1e15)).map(([key, value]) => `${key} ${value}`);
  return parts.slice(0, 4).join(', ');
}

export function eventRow(event, { subject = true } = {}) {
  const at = parseTime(event.time);
  return h('a', { class: `event ${subject ? '' : 'no-subject'}`, href: `#/events/${event.sequence}`, 'data-row': '', 'data-sequence': event.sequence },
    h('time', { datetime: event.time, title: dateTime(at) }, moment(at, Date.now())),
    h('span', { class: 'sequence' }, event.sequence),
    h('span', { class: `event-type tone-${tone(event.type)}` }, event.type),
    subject ? h('span', { class: 'event-subject' }, event.subject) : null,
    h('span', { class: 'event-gist' }, gist(event)));
}
