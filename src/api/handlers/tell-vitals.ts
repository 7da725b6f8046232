import type { FeedHealth } from '../../ports/market-feed.ts';
import type { SessionVitals } from '../../ports/session-vitals.ts';
import type { SessionCore } from '../../session/session-core.ts';
import { OrderCounts, type VitalSource, vitalsOf } from '../../session/session-vitals.ts';
import { LoopDelay } from '../http/loop-delay.ts';
import type { World } from '../world.ts';

const EVERY_MS = 2_000;

/** Tells again and again how a session does, for metrics and conditions of alerts. The session never waits for it, and goes on where it fails. */
export class VitalsTeller {
  readonly #core: SessionCore;
  readonly #facts: Pick<SessionVitals, 'session' | 'strategy' | 'venue'>;
  readonly #world: World;
  readonly #counts: OrderCounts;
  readonly #delay = new LoopDelay();
  #nextMs = Number.NEGATIVE_INFINITY;
  #running: Promise<void> | null = null;

  constructor(core: SessionCore, facts: Pick<SessionVitals, 'session' | 'strategy' | 'venue'>, world: World) {
    this.#core = core;
    this.#facts = facts;
    this.#world = world;
    this.#counts = new OrderCounts(core);
  }

  /** `journalMs`: how long the journal was waited for just now. */
  tell(source: VitalSource, health: FeedHealth, journalMs: number): void {
    const { clock } = this.#world;
    const nowMs = clock.elapsedMs();
    if (this.#running !== null || nowMs < this.#nextMs) return;
    this.#nextMs = nowMs + EVERY_MS;
    const process = { journalMs, eventLoopDelayMs: this.#delay.percentileMs(99) };
    this.#delay.reset();
    const facts = { ...this.#facts, atMs: clock.nowMs() };
    const budgets = this.#world.venues.budgets();
    const vitals = vitalsOf(facts, this.#core, source, health, this.#counts, process, budgets);
    this.#running = this.#world
      .vitals()
      .then((board) => board.put(vitals))
      // Whoever watches sees that nothing new comes.
      .catch(() => {})
      .finally(() => {
        this.#running = null;
      });
  }

  /** `isOrderly`: it was ended by somebody; of one that was not, the last figures stay as they are. */
  async end(isOrderly: boolean): Promise<void> {
    this.#delay.close();
    await this.#running;
    if (!isOrderly) return;
    const removed = this.#world.vitals().then((board) => board.remove(this.#facts.session));
    // Old figures are told by their age.
    await removed.catch(() => {});
  }
}
