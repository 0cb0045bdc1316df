// Goes to anything by a few letters of its name.

import { arrange, h, marked, put, setAttribute } from '../lib/dom.js';
import { words } from '../lib/select.js';
import { open } from './dialog.js';
import { icon, phaseIcon } from './icons.js';

const SHOWN = 12;
const PAGES = [['Agents', '#/', 'agents'], ['Events', '#/events', 'events'], ['Host', '#/host', 'host'], ['Healing', '#/healing', 'healing'],
  ['Strategies of healing', '#/healing/strategies', 'healing'], ['Predictions', '#/predictions', 'predictions'], ['Approvals', '#/approvals', 'approvals'],
  ['Plugins', '#/plugins', 'plugins'], ['Scripts', '#/scripts', 'scripts']];

export function jump(app) {
  if (document.querySelector('dialog[open]')) return;
  open('Go to', (close) => {
    let chosen = 0;
    let found = [];
    const list = h('ul', { class: 'jump-list', role: 'listbox', id: 'jump-list', 'aria-label': 'Found' });
    const go = (item) => {
      close('gone');
      location.hash = item.target;
    };
    const mark = () => {
      [...list.children].forEach((row, i) => setAttribute(row, 'aria-selected', i === chosen ? 'true' : 'false'));
      setAttribute(input, 'aria-activedescendant', found.length > 0 ? `jump-${chosen}` : null);
      list.children[chosen]?.scrollIntoView({ block: 'nearest' });
    };
    const show = () => {
      found = search(app.store, input.value).slice(0, SHOWN);
      chosen = 0;
      if (found.length === 0) put(list, h('li', { class: 'hint' }, 'Nothing has such a name.'));
      else {
        arrange(list, found.map((item, i) => h('li', { id: `jump-${i}`, role: 'option', on: { click: () => go(item) } },
          item.phase ? h('span', { class: `phase-${item.phase}` }, phaseIcon(item.phase)) : icon(item.icon),
          h('span', { class: 'jump-name' }, marked(item.name, words(input.value)[0] ?? '')), h('span', { class: 'hint' }, item.hint))));
      }
      mark();
    };
    const input = h('input', {
      class: 'input', type: 'text', role: 'combobox', 'aria-expanded': 'true', 'aria-controls': 'jump-list', 'aria-label': 'Name of an agent or a page, or a sequence',
      placeholder: 'Agent, page, or sequence of an event', autocomplete: 'off', spellcheck: 'false', 'data-focus': '',
      on: {
        input: show,
        keydown: (event) => {
          const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
          if (move && found.length > 0) {
            event.preventDefault();
            chosen = (chosen + move + found.length) % found.length;
            mark();
          } else if (event.key === 'Enter' && found[chosen]) go(found[chosen]);
        },
      },
    });
    show();
    return [input, list];
  }, { className: 'jump' });
}

function search(store, text) {
  const wanted = words(text);
  const items = PAGES.map(([name, target, icon]) => ({ name, target, icon, hint: 'page' }));
  if (/^\d+$/.test(text.trim())) items.unshift({ name: `Event ${text.trim()}`, target: `#/events/${text.trim()}`, icon: 'events', hint: 'sequence' });
  for (const agent of store.agents.values()) items.push({ name: agent.id, target: `#/agent/${agent.id}`, phase: agent.phase, hint: agent.phase });
  return items.filter((item) => wanted.every((word) => item.name.toLowerCase().includes(word)));
}
