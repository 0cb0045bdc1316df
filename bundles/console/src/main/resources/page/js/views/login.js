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
        h('p', {}, 'The daemon made a token at its first start. On its host, as its user:'),
        h('p', {}, copyable('cat DATA/api.token')),
        h('p', {}, 'DATA is the data folder, /var/lib/stratoswarm for root.'))));
}
