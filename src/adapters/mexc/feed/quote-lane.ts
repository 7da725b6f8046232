import type { Push } from '../push-decoder.ts';
import { eventTimeOf, figure, type Lane, type LaneOutput, version } from './lane.ts';

/** `aggre.bookTicker`: best bid and ask whenever they change. */
export class QuoteLane implements Lane {
  readonly #output: LaneOutput;
  readonly #now: () => number;
  #lastVersion = -1;

  constructor(output: LaneOutput, now: () => number) {
    this.#output = output;
    this.#now = now;
  }

  push(push: Push, receivedTimeMs: number): void {
    const { body } = push;
    const bid = figure(body.text('bidPrice'));
    const bidQuantity = figure(body.text('bidQuantity'));
    const ask = figure(body.text('askPrice'));
    const askQuantity = figure(body.text('askQuantity'));
    const updateId = version(body.text('version'));
    if (!(bid > 0 && ask > 0 && bidQuantity >= 0 && askQuantity >= 0 && updateId >= 0)) {
      const found = ['bidPrice', 'bidQuantity', 'askPrice', 'askQuantity', 'version'].map(
        (n) => `${n} ${body.text(n)}`,
      );
      this.#output.anomaly('out-of-range', `${push.channel}: ${found.join(', ')}`);
      return;
    }
    // Two connections carry the topic while one takes over from the other.
    if (updateId <= this.#lastVersion) return;
    this.#lastVersion = updateId;
    if (bid >= ask) {
      this.#output.anomaly('crossed-book', `${push.channel}: bid ${bid}, ask ${ask}`);
      return;
    }
    const eventTimeMs = eventTimeOf(push, receivedTimeMs);
    for (const { id, sink } of this.#output.subscribers)
      sink.quote(id, eventTimeMs, receivedTimeMs, updateId, bid, bidQuantity, ask, askQuantity);
  }

  resumed(sinceMs: number): void {
    const reason = 'quotes of an interruption are not kept by MEXC; the next one is the market as it is';
    this.#output.gap({ outcome: 'lost', fromMs: sinceMs, toMs: this.#now(), reason });
  }

  interrupted(): void {
    // A new connection may stand on another machine of the venue, which counts on its own.
    this.#lastVersion = -1;
  }

  close(): void {}
}
