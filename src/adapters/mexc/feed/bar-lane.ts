import { ClosedBars } from '../../../connectivity/closed-bars.ts';
import { barClose, SECOND_MS, type TimeframeSpec } from '../../../core/vocabulary/time.ts';
import type { MexcAccess } from '../access.ts';
import type { MexcBarHistory } from '../bar-history.ts';
import type { Push } from '../push-decoder.ts';
import { isAligned } from '../timeframes.ts';
import { eventTimeOf, figure, type Lane, type LaneOutput } from './lane.ts';

/** `kline`, pushed about once a second while the bar forms; closed bars come from `GET /api/v3/klines`. */
export class BarLane implements Lane {
  readonly #output: LaneOutput;
  readonly #spec: TimeframeSpec;
  readonly #closed: ClosedBars;

  constructor(output: LaneOutput, spec: TimeframeSpec, symbol: string, access: MexcAccess, history: MexcBarHistory) {
    this.#output = output;
    this.#spec = spec;
    const { clock, random } = access.options;
    this.#closed = new ClosedBars({
      symbol,
      spec,
      history,
      clock,
      random,
      venueNowMs: () => access.nowMs(),
      gap: (gap) => output.gap(gap),
      closed: (openTimeMs, open, high, low, close, volume) => {
        const closeTimeMs = barClose(spec, openTimeMs);
        const nowMs = clock.nowMs();
        for (const { id, sink } of output.subscribers)
          sink.bar(id, closeTimeMs, nowMs, openTimeMs, open, high, low, close, volume, true);
      },
    });
  }

  push(push: Push, receivedTimeMs: number): void {
    const { body } = push;
    // Window times are seconds, unlike every other time of the protocol.
    const openTimeMs = body.integer('windowStart') * SECOND_MS;
    const open = figure(body.text('openingPrice'));
    const high = figure(body.text('highestPrice'));
    const low = figure(body.text('lowestPrice'));
    const close = figure(body.text('closingPrice'));
    const volume = figure(body.text('volume'));
    if (!(low > 0 && low <= open && low <= close && high >= open && high >= close && volume >= 0)) {
      const found = `open ${open}, high ${high}, low ${low}, close ${close}, volume ${volume}`;
      this.#output.anomaly('out-of-range', `${push.channel}: ${found}`);
      return;
    }
    if (!(openTimeMs > 0) || !isAligned(this.#spec, openTimeMs)) {
      this.#output.anomaly('out-of-range', `${push.channel}: no ${this.#spec.text} bar opens at ${openTimeMs} ms`);
      return;
    }
    if (!this.#closed.forming(openTimeMs)) return;
    const eventTimeMs = eventTimeOf(push, receivedTimeMs);
    for (const { id, sink } of this.#output.subscribers)
      sink.bar(id, eventTimeMs, receivedTimeMs, openTimeMs, open, high, low, close, volume, false);
  }

  resumed(sinceMs: number): void {
    this.#closed.resumed(sinceMs);
  }

  interrupted(): void {}

  close(): void {
    this.#closed.end();
  }
}
