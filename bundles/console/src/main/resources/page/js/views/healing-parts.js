// What the pages of healing have in common: their tabs, and one case in a row.

import { caseLook, className, share } from '../lib/healing.js';
import { h } from '../lib/dom.js';
import { dateTime, moment, parseTime, percent } from '../lib/format.js';
import { namedBadge } from './plugins.js';

const TABS = [['healing', 'Cases', '#/healing'], ['strategies', 'Strategies', '#/healing/strategies'], ['predictions', 'Predictions', '#/predictions']];

export function tabs(chosen) {
  return h('nav', { class: 'tabs', 'aria-label': 'Healing' },
    TABS.map(([name, label, target]) => h('a', { href: target, 'aria-current': name === chosen ? 'page' : null }, label)));
}

/** One case: when, whose, what it was taken for, what was done and what that was worth. */
export function caseRow(found, { agent = true } = {}) {
  const at = parseTime(found.time);
  const { phase, word } = caseLook(found);
  return h('a', { class: `case ${agent ? '' : 'no-agent'}`, href: `#/healing/case/${found.case}`, 'data-row': '', 'data-case': found.case },
    h('time', { datetime: found.time, title: dateTime(at) }, moment(at, Date.now())),
    agent ? h('span', { class: 'case-agent' }, found.agent) : null,
    h('span', { class: 'case-class', title: className(found) }, found.name, h('span', { class: 'hint' }, ` ${percent(found.confidence)} sure`)),
    h('span', { class: 'case-act' }, found.act || '–'),
    h('span', { class: 'case-state' }, namedBadge(phase, word)),
    h('span', { class: 'case-reward', title: 'Reward, from 0 to 1' }, h('span', { class: 'sr-only' }, 'reward '), share(found.reward)),
    h('span', { class: 'case-why' }, found.why));
}

export function caseHead() {
  return h('div', { class: 'case case-head', 'aria-hidden': 'true' }, ['Time', 'Agent', 'Taken for', 'Act', 'State', 'Reward', 'Why'].map((name) => h('span', {}, name)));
}

/** Counts by their reasons, the most frequent first. */
export function counts(values) {
  const sorted = Object.entries(values).sort(([a, x], [b, y]) => y - x || a.localeCompare(b));
  return sorted.length === 0 ? 'nothing' : h('ul', { class: 'counts' }, sorted.map(([reason, number]) => h('li', {}, h('strong', {}, number), ` ${reason}`)));
}

/** Puts new content only where what it is made of differs, and gives the focus back to the link that had it. */
export function putIfNew(element, state, build) {
  const text = JSON.stringify(state);
  if (element.shownState === text) return;
  element.shownState = text;
  const inside = element.contains(document.activeElement) ? document.activeElement : null;
  const mark = inside?.getAttribute('data-keep') ?? inside?.getAttribute('href');
  element.replaceChildren(...[build()].flat(Infinity).filter(Boolean));
  if (mark) [...element.querySelectorAll('[data-keep], a')].find((one) => (one.getAttribute('data-keep') ?? one.getAttribute('href')) === mark)?.focus();
}
