// Turns a one-time code (behind the # of the address, as `stratoswarm open` prints it) or a token into a session.
const message = document.getElementById('message');
const form = document.getElementById('login');

async function login(body) {
  const answer = await fetch('/api/v1/session', {
    method: 'POST',
    headers: {'Content-Type': 'application/json', 'X-Stratoswarm-Request': '1'},
    body: JSON.stringify(body),
  });
  if (answer.ok) {
    location.replace('/');
    return;
  }
  const problem = await answer.json().catch(() => ({}));
  message.textContent = problem.detail || `The daemon answered with status ${answer.status}.`;
  message.className = 'bad';
}

function attempt(body) {
  login(body).catch(() => {
    message.textContent = 'The daemon does not answer.';
    message.className = 'bad';
  });
}

form.addEventListener('submit', event => {
  event.preventDefault();
  const field = document.getElementById('token');
  attempt({token: field.value.trim()});
  field.value = '';
});

const code = location.hash.slice(1);
if (code) {
  // Not to be left in the history: it works once, but not before it is used.
  history.replaceState(null, '', '/login');
  attempt({code});
}
