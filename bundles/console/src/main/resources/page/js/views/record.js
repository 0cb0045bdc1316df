// The record of predictions: what came true, how probable it was said to be, and what prevention gains by cause.

import { h } from '../lib/dom.js';
import { count, duration, percent } from '../lib/format.js';
import { rates } from '../lib/healing.js';
import { button, facts } from '../ui/parts.js';
import { namedBadge } from './plugins.js';

/** @param turn allows or forbids prevention of a cause; null where that may not be done */
export function recordView(record, turn) {
  const { cameTrue, foreseen } = rates(record);
  const of = (rate) => (rate ? `${percent(rate.part / rate.whole)} (${count(rate.part)} of ${count(rate.whole)})` : 'not known: none yet');
  return [
    facts([
      ['Came true', count(record.hits)], ['False alarms', count(record.falseAlarms)], ['Not foreseen', count(record.missed)],
      ['Failed anyway', count(record.failedAnyway)], ['Void', count(record.void)],
      ['Median lead', record.medianLeadMillis === undefined ? '–' : duration(record.medianLeadMillis)],
      ['Did not fail after something was done', h('span', {}, count(record.prevented), h('span', { class: 'hint' }, ' not known whether they would have; they count neither way')), true],
      ['Of what nothing was done about, came true', of(cameTrue), true],
      ['Of failures that nothing was done about, were foreseen', of(foreseen), true],
    ]),
    h('h3', { class: 'part-title' }, 'Said and seen'),
    calibration(record.calibration),
    record.gains.length > 0 ? [h('h3', { class: 'part-title' }, 'What prevention gains'), gains(record.gains, turn)] : null,
  ];
}

function calibration(bins) {
  const known = bins.filter((bin) => bin.count > 0);
  if (known.length === 0) return h('p', { class: 'hint' }, 'No prediction that nothing was done about has come to its end yet.');
  return [h('p', { class: 'hint' }, 'Predictions that nothing was done about. Where the two agree, a probability means what it says.'),
    table('Said and seen', ['Said, mean', 'Failed', 'Of'], known.map((bin) => [`${percent(bin.from)} to ${percent(bin.to)}`, [percent(bin.predicted), percent(bin.failed), count(bin.count)]]), 'Probability')];
}

function gains(list, turn) {
  const side = (number, failed, down) => (number === 0 ? 'none' : `${count(failed)} of ${count(number)} failed${down === undefined ? '' : `, ${duration(down)} not well`}`);
  return table('What prevention gains', ['Prevented', 'Left alone', 'On', 'Why', turn ? 'Change' : null].filter(Boolean), list.map((gain) => [gain.cause, [
    side(gain.treated, gain.treatedFailed, gain.treatedDownMillis), side(gain.heldOut, gain.heldOutFailed, gain.heldOutDownMillis),
    gain.on ? namedBadge('ready', 'yes') : namedBadge('stopped', 'no'), gain.why || '–',
    turn ? button(gain.on ? 'Forbid' : 'Allow', { look: 'small', action: () => turn(gain), 'aria-label': `${gain.on ? 'Forbid' : 'Allow'} preventing ${gain.cause}`, 'data-keep': `gain/${gain.cause}` }) : null,
  ].filter((cell) => cell !== null)]), 'Cause');
}

function table(label, names, rows, first) {
  return h('table', { class: 'figures', 'aria-label': label },
    h('thead', {}, h('tr', {}, [first, ...names].map((name) => h('th', { scope: 'col' }, name)))),
    h('tbody', {}, rows.map(([head, cells]) => h('tr', {}, h('th', { scope: 'row' }, head), cells.map((cell, i) => h('td', { data: { label: names[i].toLowerCase() } }, cell))))));
}
