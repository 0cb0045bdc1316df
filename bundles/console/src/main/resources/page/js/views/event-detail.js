// One event in full: what it says, what caused it, and its proof, checked here and not by the daemon.

import { get } from '../lib/api.js';
import { h, put } from '../lib/dom.js';
import { dateTime, parseTime } from '../lib/format.js';
import { verifyInclusion } from '../lib/merkle.js';
import { button, copyable, empty, facts, failure, iconButton, jsonView, skeleton } from '../ui/parts.js';

export class EventDetail {
  #go;
  #sequence = null;
  element = h('aside', { class: 'detail', 'aria-label': 'Event', hidden: true });

  /** @param go shows another event, or none for null */
  constructor(go) {
    this.#go = go;
  }

  async show(sequence, known, journal) {
    this.#sequence = sequence;
    this.element.hidden = sequence === null;
    if (sequence === null) return;
    if (known) {
      this.#draw(known, journal);
      return;
    }
    put(this.element, this.#head(sequence), skeleton(5));
    try {
      const { events } = await get('events', { from: sequence, to: sequence + 1, limit: 1 });
      if (this.#sequence !== sequence) return;
      if (events.length === 0) put(this.element, this.#head(sequence), empty('No such event', 'The journal does not reach this sequence, or it was pruned.'));
      else this.#draw(events[0], journal);
    } catch (error) {
      if (this.#sequence === sequence) put(this.element, this.#head(sequence), failure('The event cannot be read', error, () => this.show(sequence, null, journal)));
    }
  }

  #head(sequence) {
    return h('header', { class: 'detail-head' }, h('h2', {}, `Event ${sequence}`),
      h('div', { class: 'tool-row' },
        iconButton('Earlier event (←)', 'left', () => this.#go(Math.max(0, sequence - 1)), { disabled: sequence === 0 }),
        iconButton('Later event (→)', 'right', () => this.#go(sequence + 1)),
        iconButton('Close the detail (Esc)', 'close', () => this.#go(null))));
  }

  #draw(event, journal) {
    const agent = /^agent\/(.+)$/.exec(event.subject)?.[1];
    put(this.element, this.#head(event.sequence),
      facts([
        ['Type', `${event.type} · version ${event.typeVersion}`, true],
        ['Time', dateTime(parseTime(event.time)), true],
        ['Subject', agent ? h('a', { href: `#/agent/${agent}` }, event.subject) : event.subject || '–', true],
        ['Actor', event.actor || '–'], ['Source', event.source || '–'],
        ['Causes', this.#causes(event, journal), true],
      ]),
      h('h3', {}, 'Payload'),
      event.payload !== undefined ? jsonView(event.payload) : h('div', {}, h('p', { class: 'hint' }, event.payloadProblem ?? event.mediaType), copyable(event.payloadBase64 ?? '', `${(event.payloadBase64 ?? '').slice(0, 40)}…`)),
      this.#proof(event));
  }

  #causes(event, journal) {
    const causes = event.causes ?? [];
    if (causes.length === 0) return 'none recorded';
    return h('span', { class: 'causes' }, causes.map((cause) => {
      if (cause.sequence !== undefined && (!journal || cause.journal === journal || cause.journal === event.journal)) return h('a', { href: `#/events/${cause.sequence}` }, `event ${cause.sequence}`);
      if (cause.sequence !== undefined) return `event ${cause.sequence} of journal ${cause.journal}`;
      if (cause.block !== undefined) return `metrics from ${dateTime(parseTime(cause.from))} to ${dateTime(parseTime(cause.to))}`;
      return `number ${cause.index} of the same append`;
    }));
  }

  #proof(event) {
    const out = h('div', { role: 'status' });
    const check = async () => {
      put(out, h('p', { class: 'hint' }, 'Checking …'));
      try {
        const proof = await get('journal/proof', { sequence: event.sequence });
        const good = await verifyInclusion(proof);
        put(out, h('p', { class: good ? 'proof good' : 'proof bad' }, good
          ? `The path of ${proof.path.length} hashes leads from this event to the root of ${proof.treeSize} events. Computed in this browser.`
          : 'The path does not lead to the root that the daemon names: the journal is damaged, or was changed.'),
        facts([['Leaf', copyable(proof.leafHash, `${proof.leafHash.slice(0, 16)}…`), true], ['Root', copyable(proof.rootHash, `${proof.rootHash.slice(0, 16)}…`), true]]));
      } catch (error) {
        put(out, failure('The proof cannot be checked', error));
      }
    };
    return [h('h3', {}, 'Proof of inclusion'), out, h('p', {}, button('Check it here', { name: 'check', look: 'small', action: check }))];
  }
}
