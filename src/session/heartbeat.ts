import type { Clock, Timer } from '../ports/clock.ts';
import type { Heartbeats } from '../ports/heartbeats.ts';
import { LatchError } from '../ports/latches.ts';
import type { MarketFeed } from '../ports/market-feed.ts';
import type { Session } from './session.ts';

const BEAT_MS = 2_000;
/** A connection on which nothing at all came for so long proves nothing, however quiet the market is. */
const FRESH_MS = 10_000;

export interface HeartbeatOptions {
  readonly session: Session;
  readonly name: string;
  readonly account: string;
  readonly feed: Pick<MarketFeed, 'health'>;
  readonly clock: Clock;
  /** Rejects with LatchError. */
  readonly open: () => Promise<Heartbeats>;
  /** Resolves once everything that was taken is durable. */
  readonly flush: () => Promise<void>;
}

/**
 * Tells whoever watches that a session lives: that its bars come, are live by the feed's own judgement, and are kept. A process that merely exists
 * does not beat. Where the beat cannot be told the session goes on: its right to trade lies in the same place, and ends by itself.
 */
export class Heartbeat {
  readonly #o: HeartbeatOptions;
  #store: Heartbeats | null = null;
  #timer: Timer | null = null;
  #busy: Promise<void> = Promise.resolve();
  #hasEnded = false;
  #beats = 0;
  #messages = -1;

  constructor(options: HeartbeatOptions) {
    this.#o = options;
  }

  /** Beats from now on; the first one says that it is there. Nobody waits for it. */
  start(): void {
    this.#busy = this.#first().then(() => this.#later());
  }

  async #first(): Promise<void> {
    await this.#told(async (store) => {
      const known = (await store.all()).find(({ session }) => session === this.#o.name);
      this.#beats = known?.beats ?? 0;
    });
    if (!this.#hasEnded) await this.#beat();
  }

  /** `isOver`: whether it has ended in order, and nobody needs to see to what it left. */
  async end(isOver: boolean): Promise<void> {
    this.#hasEnded = true;
    this.#timer?.cancel();
    await this.#busy;
    if (isOver)
      await this.#told(async (store) => {
        await store.end(this.#o.name, this.#beats);
      });
    await this.#store?.close();
  }

  #later(): void {
    if (this.#hasEnded) return;
    this.#timer = this.#o.clock.after(BEAT_MS, () => {
      this.#busy = this.#beatIfAlive().then(() => this.#later());
    });
  }

  async #beatIfAlive(): Promise<void> {
    const { session, flush } = this.#o;
    if (session.fault !== null || !this.#isFed()) return;
    const isKept = await flush().then(
      () => true,
      () => false,
    );
    if (isKept && !this.#hasEnded) await this.#beat();
  }

  /** Whether data has come since the last look; in a market where nobody trades, whether its connections are alive. */
  #isFed(): boolean {
    const { subscriptions, connections } = this.#o.feed.health();
    const bars = subscriptions.filter(({ request }) => request.channel === 'bars');
    const messages = bars.reduce((sum, each) => sum + each.messages, 0);
    const isNew = messages !== this.#messages;
    this.#messages = messages;
    if (bars.some(({ state }) => state !== 'live')) return false;
    return isNew || connections.some(({ lastFrameAgeMs }) => lastFrameAgeMs < FRESH_MS);
  }

  #beat(): Promise<void> {
    const { name: session, account } = this.#o;
    const { positions, orders } = this.#exposure();
    this.#beats++;
    return this.#told((store) => store.beat({ session, account, beats: this.#beats, orders, positions }));
  }

  #exposure(): { readonly orders: number; readonly positions: number } {
    const { state, desk } = this.#o.session.core.engine;
    const { positions } = state.book;
    let [orders, held] = [0, 0];
    for (let slot = 0; slot < positions.count; slot++) {
      orders += [...desk.rowsOf(slot)].length;
      if (positions.column.lots[slot] !== 0) held++;
    }
    return { orders, positions: held };
  }

  async #told(work: (store: Heartbeats) => Promise<void>): Promise<void> {
    try {
      this.#store ??= await this.#o.open();
      await work(this.#store);
    } catch (error) {
      if (!(error instanceof LatchError)) throw error;
    }
  }
}
