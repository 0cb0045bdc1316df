// Talks to /api/v1. Every failure becomes a Problem that says what happened in words.

const BASE = new URL('api/v1/', document.baseURI);

export class Problem extends Error {
  constructor(status, detail, body = {}) {
    super(detail);
    this.status = status;
    this.kind = body.kind ?? '';
    this.body = body;
  }

  get unauthenticated() {
    return this.status === 401;
  }

  /** Nobody answered at all. */
  get offline() {
    return this.status === 0;
  }

  /** The journal is not the one that was asked for before. */
  get conflict() {
    return this.status === 409;
  }

  /** The daemon does not have this, or not now. */
  get absent() {
    return this.status === 404 || this.status === 503;
  }
}

export function url(path, query = {}) {
  const target = new URL(path, BASE);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') target.searchParams.set(name, value);
  }
  return target;
}

/** An agent's id, or another name with slashes, as a part of a path. */
export function segment(name) {
  return name.split('/').map(encodeURIComponent).join('/');
}

async function answer(method, path, { query, body, signal } = {}) {
  // The last one cannot be sent by a page of another site: the daemon asks for it with every change.
  const headers = { accept: 'application/json', 'x-stratoswarm-request': '1' };
  if (body !== undefined) headers['content-type'] = 'application/json';
  let response;
  try {
    response = await fetch(url(path, query), {
      method, headers, signal, body: body === undefined ? undefined : JSON.stringify(body), cache: 'no-store', redirect: 'error',
    });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Problem(0, 'the daemon does not answer');
  }
  if (!response.ok) throw await problem(response);
  return response;
}

async function problem(response) {
  let body = {};
  try {
    body = await response.json();
  } catch {
    // Not a problem document: the status line has to do.
  }
  return new Problem(response.status, body.detail || body.title || `the daemon answered ${response.status} ${response.statusText}`, body);
}

async function json(method, path, options) {
  const response = await answer(method, path, options);
  if (response.status === 204) return {};
  try {
    return await response.json();
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Problem(response.status, 'the answer of the daemon is not JSON');
  }
}

export const get = (path, query, signal) => json('GET', path, { query, signal });
export const post = (path, body = {}) => json('POST', path, { body });
export const remove = (path) => json('DELETE', path);

// A page that was left may be kept for the way back, and its streams with it; a browser has six connections for each host.
let shown = new AbortController();
addEventListener('pagehide', () => {
  shown.abort();
  shown = new AbortController();
});

/** Chunks of text of an answer that goes on, until it ends; tells when it has begun, for it may be silent for long. */
export async function* chunks(path, query, signal, begun = () => {}) {
  const response = await answer('GET', path, { query, signal: AbortSignal.any([signal, shown.signal]) });
  begun();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    while (true) {
      const { value, done } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    reader.cancel().catch(() => {}); // It is over either way.
  }
}
