// Parts that several views are made of.

import { h, put, setText } from '../lib/dom.js';
import { icon, phaseIcon } from './icons.js';

/** A phase as shape, colour and word. */
export function badge(phase) {
  const word = h('span', {}, phase);
  const element = h('span', { class: `badge phase-${phase}` }, phaseIcon(phase), word);
  element.show = (next) => {
    if (element.classList.contains(`phase-${next}`)) return;
    element.className = `badge phase-${next}`;
    element.firstChild.replaceWith(phaseIcon(next));
    setText(word, next);
  };
  return element;
}

export function button(label, { name, look = '', action, title, key, ...rest } = {}) {
  return h('button', { type: 'button', class: `button ${look}`, title: title ?? (key ? `${label} (${key})` : null), on: action ? { click: action } : {}, ...rest },
    name ? icon(name) : null, h('span', {}, label));
}

export function iconButton(label, name, action, rest = {}) {
  return h('button', { type: 'button', class: 'icon-button', 'aria-label': label, title: label, on: { click: action }, ...rest }, icon(name));
}

/** What is said where there is nothing: why, and the command that changes it. */
export function empty(title, text, command) {
  return h('div', { class: 'empty' }, h('p', { class: 'empty-title' }, title), text ? h('p', {}, text) : null,
    command ? h('p', {}, copyable(command)) : null);
}

/** What is said where something failed. */
export function failure(title, error, retry) {
  return h('div', { class: 'empty failure', role: 'alert' }, h('p', { class: 'empty-title' }, icon('warning'), h('span', {}, title)),
    h('p', {}, error.message ?? String(error)),
    retry ? h('p', {}, button('Try again', { name: 'restart', action: retry })) : null);
}

/** A command or a hash that a click copies. */
export function copyable(text, shown = text) {
  const done = h('span', { class: 'sr-only', role: 'status' });
  return h('span', { class: 'copyable' }, h('code', { title: shown === text ? null : text }, shown),
    h('button', {
      type: 'button', class: 'icon-button small', 'aria-label': `Copy ${shown}`, title: 'Copy',
      on: {
        click: async (event) => {
          event.stopPropagation();
          const target = event.currentTarget;
          try {
            await navigator.clipboard.writeText(text);
            put(target, icon('check'));
            setText(done, 'copied');
          } catch {
            setText(done, 'the browser did not allow to copy');
            put(target, icon('warning'));
          }
          setTimeout(() => {
            put(target, icon('copy'));
            setText(done, '');
          }, 1500);
        },
      },
    }, icon('copy')), done);
}

/** Names and values in columns. */
export function facts(pairs) {
  return h('dl', { class: 'facts' }, pairs.filter(Boolean).map(([name, value, wide]) =>
    h('div', { class: wide ? 'fact wide' : 'fact' }, h('dt', {}, name), h('dd', {}, value))));
}

/** A switch between a few choices; arrows move, as in any group of radio buttons. */
export function choice(label, options, chosen, onChange) {
  const name = `choice-${label.toLowerCase().replace(/\W+/g, '-')}-${Math.random().toString(36).slice(2, 8)}`;
  return h('fieldset', { class: 'choice' }, h('legend', { class: 'sr-only' }, label), options.map(([value, text]) =>
    h('label', {}, h('input', { type: 'radio', name, value, checked: value === chosen, on: { change: () => onChange(value) } }), h('span', {}, text))));
}

export function field(label, control, hint) {
  return h('label', { class: 'field' }, h('span', { class: 'field-label' }, label), control, hint ? h('span', { class: 'hint' }, hint) : null);
}

export function searchBox(label, { placeholder, value = '', onInput, id }) {
  const input = h('input', { type: 'search', class: 'input', placeholder, value, 'aria-label': label, id, autocomplete: 'off', spellcheck: 'false', on: { input: () => onInput(input.value) }, data: { search: '' } });
  return h('div', { class: 'search' }, icon('search'), input);
}

/** A JSON value, indented, with names and kinds of values told apart. */
export function jsonView(value) {
  const text = JSON.stringify(value, null, 2) ?? '';
  const parts = [];
  const token = /("(?:\\.|[^"\\])*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\b(true|false|null)\b/g;
  let from = 0;
  for (const match of text.matchAll(token)) {
    parts.push(text.slice(from, match.index));
    from = match.index + match[0].length;
    const look = match[2] ? 'json-key' : match[1] ? 'json-text' : match[3] ? 'json-number' : 'json-word';
    parts.push(h('span', { class: look }, match[1] ?? match[0]), match[2] ?? '');
  }
  parts.push(text.slice(from));
  return h('pre', { class: 'json', tabindex: 0, role: 'group', 'aria-label': 'JSON' }, parts);
}

/** The head of a view. */
export function heading(title, ...rest) {
  return h('header', { class: 'view-head' }, h('h1', { tabindex: -1 }, title), rest);
}

export function panel(title, { actions = null, body, id, className = '' } = {}) {
  return h('section', { class: `panel ${className}`, 'aria-labelledby': id }, h('header', { class: 'panel-head' }, h('h2', { id }, title), actions), body);
}

export function skeleton(lines = 3) {
  return h('div', { class: 'skeleton', 'aria-busy': 'true', 'aria-label': 'loading' }, Array.from({ length: lines }, () => h('div', {})));
}
