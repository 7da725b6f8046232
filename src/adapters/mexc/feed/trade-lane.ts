import type { Push } from '../push-decoder.ts';
import { figure, type Lane, type LaneOutput } from './lane.ts';

/** Ids of trades that are remembered: a connection that takes over sends what the last second brought once more. */
const REMEMBERED = 2_048;

/**
 * `aggre.deals`. MEXC's trade ids are no numbers (`7103…80X0_7103…81X0`), so ours are made from the time: ms × 1,000, and one more than the
 * last where that is not above it. What was missed cannot be had: past trades come without any id.
 */
export class TradeLane implements Lane {
  readonly #output: LaneOutput;
  readonly #now: () => number;
  readonly #seen = new Set<string>();
  #lastId = 0;

  constructor(output: LaneOutput, now: () => number) {
    this.#output = output;
    this.#now = now;
  }

  push(push: Push, receivedTimeMs: number): void {
    const deals = push.body.list('deals');
    if (deals.length === 0) {
      this.#output.anomaly('schema-drift', `${push.channel}: no deals in a push of deals`);
      return;
    }
    for (const deal of deals) {
      const price = figure(deal.text('price'));
      const quantity = figure(deal.text('quantity'));
      const timeMs = deal.integer('time');
      const side = deal.integer('tradeType');
      if (!(price > 0 && quantity > 0 && timeMs > 0) || (side !== 1 && side !== 2)) {
        const found = `price ${deal.text('price')}, quantity ${deal.text('quantity')}, side ${side}, time ${timeMs}`;
        this.#output.anomaly('out-of-range', `${push.channel}: ${found}`);
        continue;
      }
      if (this.#isKnown(deal.text('tradeId'))) continue;
      this.#lastId = Math.max(this.#lastId + 1, timeMs * 1_000);
      for (const { id, sink } of this.#output.subscribers)
        sink.trade(id, timeMs, receivedTimeMs, this.#lastId, price, quantity, side === 1 ? 1 : -1);
    }
  }

  resumed(sinceMs: number): void {
    const reason = 'MEXC gives past trades without ids, so missed ones cannot be told from known ones';
    this.#output.gap({ outcome: 'lost', fromMs: sinceMs, toMs: this.#now(), reason });
  }

  interrupted(): void {}

  close(): void {}

  #isKnown(tradeId: string): boolean {
    if (tradeId === '') return false;
    if (this.#seen.has(tradeId)) return true;
    if (this.#seen.size >= REMEMBERED) {
      const { value: oldest } = this.#seen.values().next();
      if (oldest !== undefined) this.#seen.delete(oldest);
    }
    this.#seen.add(tradeId);
    return false;
  }
}
