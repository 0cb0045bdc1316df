// Where nobody is signed in: a token, and where to find one.

import { h, setText } from '../lib/dom.js';
import { logo } from '../ui/icons.js';
import { copyable } from '../ui/parts.js';

export function loginView(problem, signIn) {
  const input = h('input', { class: 'input', type: 'password', name: 'token', id: 'token', autocomplete: 'current-password', spellcheck: 'false', required: true, 'aria-describedby': 'token-hint token-problem' });
  const told = h('p', { class: 'form-problem', id: 'token-problem', role: 'alert' }, problem);
  const submit = h('button', { class: 'button primary', type: 'submit' }, 'Sign in');
  return h('main', { class: 'alone login' },
    h('div', { class: 'login-card' },
      h('div', { class: 'login-brand' }, logo(), h('h1', {}, 'Stratoswarm')),
      h('form', {
        on: {
          submit: async (event) => {
            event.preventDefault();
            const token = input.value.trim();
            if (token === '') {
              setText(told, 'Enter a token.');
              input.focus();
              return;
            }
            submit.disabled = true;
            setText(told, '');
            try {
              await signIn(token);
            } catch (error) {
              setText(told, error.unauthenticated ? 'This token is not known, has ended, or was revoked.' : error.message);
              input.select();
              input.focus();
            } finally {
              submit.disabled = false;
            }
          },
        },
      },
      h('label', { for: 'token' }, 'Token'), input, told, submit),
      h('div', { class: 'hint', id: 'token-hint' },
        h('p', {}, 'On the host, this prints a link that signs you in:'),
        h('p', {}, copyable('stratoswarm open')),
        h('p', {}, 'The first token is in the file ', h('code', {}, 'token'), ' of the data folder; others are made by ', h('code', {}, 'stratoswarm token create'), '.'))));
}
