// Dialogs and short notices. Native dialogs: the browser keeps the focus inside and Escape closes.

import { h } from '../lib/dom.js';
import { icon } from './icons.js';
import { button, iconButton } from './parts.js';

/** Opens a dialog; the promise tells with which value it was closed. The browser gives the focus back. */
export function open(title, build, { className = '' } = {}) {
  return new Promise((resolve) => {
    const element = h('dialog', { class: `dialog ${className}`, 'aria-labelledby': 'dialog-title' });
    const close = (value) => element.close(value);
    element.append(
      h('header', { class: 'dialog-head' }, h('h2', { id: 'dialog-title' }, title), iconButton('Close', 'close', () => close(''))),
      h('div', { class: 'dialog-body' }, build(close)),
    );
    element.addEventListener('close', () => {
      element.remove();
      resolve(element.returnValue);
    });
    element.addEventListener('click', (event) => {
      if (event.target === element) close('');
    });
    document.body.append(element);
    element.showModal();
    element.querySelector('[data-focus]')?.focus();
  });
}

/** Asks before something dangerous. The safe answer has the focus. */
export async function confirm(title, { text, verb, danger = false }) {
  const answer = await open(title, (close) => [
    text.map((line) => h('p', {}, line)),
    h('div', { class: 'dialog-foot' },
      h('button', { type: 'button', class: 'button', 'data-focus': '', on: { click: () => close('') } }, 'Cancel'),
      h('button', { type: 'button', class: `button ${danger ? 'danger' : 'primary'}`, 'data-confirm': '', on: { click: () => close('yes') } }, verb)),
  ], { className: 'small' });
  return answer === 'yes';
}

/** Asks for a text before something is done; null where it was not. */
export async function askText(title, { text, label, verb, value = '', placeholder = '', required = false, danger = false, most = 200 }) {
  let given = null;
  await open(title, (close) => {
    const input = h('input', { class: 'input', type: 'text', value, placeholder, maxlength: most, required, autocomplete: 'off', 'aria-label': label, 'data-focus': '' });
    return h('form', { class: 'ask', on: {
      submit: (event) => {
        event.preventDefault();
        given = input.value.trim();
        close('yes');
      },
    } }, text.map((line) => h('p', {}, line)), h('label', { class: 'field' }, h('span', { class: 'field-label' }, label), input),
    h('div', { class: 'dialog-foot' }, button('Cancel', { action: () => close('') }),
      button(verb, { look: danger ? 'danger' : 'primary', type: 'submit', 'data-confirm': '' })));
  }, { className: 'small' });
  return given;
}

let corner = null;

/** A notice that goes by itself; one of a failure stays until it is closed. */
export function notice(text, look = 'info') {
  if (!corner) {
    corner = h('div', { class: 'notices', role: 'status', 'aria-live': 'polite' });
    document.body.append(corner);
  }
  const failed = look === 'error';
  const element = h('div', { class: `notice ${look}` }, icon(failed ? 'warning' : 'check'), h('span', {}, text),
    iconButton('Dismiss', 'close', () => element.remove()));
  corner.append(element);
  while (corner.children.length > 4) corner.firstChild.remove();
  if (!failed) setTimeout(() => element.remove(), 5000);
}

/** Runs a command and tells how it went. */
export async function attempt(what, command) {
  try {
    const value = await command();
    notice(what);
    return value ?? true;
  } catch (error) {
    notice(error.message, 'error');
    return null;
  }
}

export function helpDialog(groups) {
  return open('Keyboard shortcuts', () => groups.map(([title, keys]) => h('section', { class: 'keys' }, h('h3', {}, title),
    h('dl', {}, keys.map(([combination, what]) => h('div', {}, h('dt', {}, combination.split(' ').map((key) => h('kbd', {}, key))), h('dd', {}, what)))))));
}

export { button };
