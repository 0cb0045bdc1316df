// Reading of streams: lines, server-sent events, JSON lines. Pure: text goes in, values come out.

/** Cuts chunks of text into lines, whatever ends them. */
export class LineSplitter {
  #rest = '';
  #afterReturn = false;

  push(chunk) {
    let text = chunk;
    if (this.#afterReturn && text.startsWith('\n')) text = text.slice(1);
    if (chunk !== '') this.#afterReturn = text.endsWith('\r');
    const parts = (this.#rest + text).split(/\r\n|\n|\r/);
    this.#rest = parts.pop();
    return parts;
  }

  /** What was left without an end of line. */
  end() {
    const rest = this.#rest;
    this.#rest = '';
    return rest;
  }
}

/** Server-sent events as the HTML standard has them (event stream interpretation). */
export class SseParser {
  #lines = new LineSplitter();
  #data = [];
  #event = '';
  #first = true;
  lastId = '';
  retry = null;

  /** @returns the events that a chunk completed, each {event, data, id} */
  push(chunk) {
    const found = [];
    const text = this.#first && chunk.startsWith('\uFEFF') ? chunk.slice(1) : chunk;
    if (chunk !== '') this.#first = false;
    for (const line of this.#lines.push(text)) {
      if (line === '') this.#dispatch(found);
      else this.#field(line);
    }
    return found;
  }

  #dispatch(found) {
    if (this.#data.length > 0) {
      found.push({ event: this.#event || 'message', data: this.#data.join('\n'), id: this.lastId });
    }
    this.#data = [];
    this.#event = '';
  }

  #field(line) {
    const colon = line.indexOf(':');
    if (colon === 0) return; // A comment, which keeps the connection awake.
    const name = colon < 0 ? line : line.slice(0, colon);
    let value = colon < 0 ? '' : line.slice(colon + 1);
    if (value.startsWith(' ')) value = value.slice(1);
    if (name === 'data') this.#data.push(value);
    else if (name === 'event') this.#event = value;
    else if (name === 'id' && !value.includes('\0')) this.lastId = value;
    else if (name === 'retry' && /^\d+$/.test(value)) this.retry = Number(value);
  }
}

/** How long to wait before the next try, in milliseconds: doubles up to half a minute, spread by chance (0..1). */
export function backoff(attempt, chance) {
  const ceiling = Math.min(30000, 500 * 2 ** Math.min(attempt, 10));
  return Math.round(ceiling * (0.5 + chance / 2));
}
