import { retryAt } from '../../core/alerts/retry.ts';
import type { AlertStore, Attempt, Delivery, KeptAlert } from '../../ports/alerts.ts';
import type { Log } from '../../ports/logs.ts';
import type { AlertMessage, DeliveryOutcome } from '../../ports/notifier.ts';
import type { Call, World } from '../world.ts';
import { deliverOnce } from './channels.ts';
import { failureOf } from './failure-of.ts';

/** Of one channel. */
const MOST_AT_ONCE = 50;

/**
 * Delivers what is due: one message of a channel at a time, channels beside one another. What is sent and not noted, as the process was ended in between,
 * is sent again under the same id: at least once, and receivers can tell.
 */
export class Courier {
  readonly #world: World;
  readonly #store: AlertStore;
  readonly #call: Pick<Call, 'askSecret'>;
  readonly #busy = new Map<string, Promise<void>>();
  /** Channels that asked to be left alone, and until when. */
  readonly #notBefore = new Map<string, number>();
  readonly #log: Log;
  readonly #chance: () => number;
  delivered = 0;

  constructor(
    world: World,
    store: AlertStore,
    call: Pick<Call, 'askSecret'>,
    log: Log,
    chance: () => number = Math.random,
  ) {
    this.#world = world;
    this.#store = store;
    this.#call = call;
    this.#log = log;
    this.#chance = chance;
  }

  /** Begins what is due, and does not wait for it. */
  async look(): Promise<void> {
    const nowMs = this.#world.clock.nowMs();
    const byChannel = Map.groupBy(await this.#store.due(nowMs, MOST_AT_ONCE), ({ channel }) => channel);
    for (const [channel, deliveries] of byChannel) {
      if (this.#busy.has(channel)) continue;
      const work = this.#deliverAll(channel, deliveries).finally(() => void this.#busy.delete(channel));
      // Who waits for it hears of a fault; nobody may.
      work.catch(() => {});
      this.#busy.set(channel, work);
    }
  }

  async #deliverAll(channel: string, deliveries: readonly Delivery[]): Promise<void> {
    for (const delivery of deliveries) {
      if (this.#world.clock.nowMs() < (this.#notBefore.get(channel) ?? 0)) return;
      await this.#deliver(delivery);
    }
  }

  /** Resolves when nothing is under way; rejects with what the store said. */
  async settled(): Promise<void> {
    await Promise.all(this.#busy.values());
  }

  async #deliver(delivery: Delivery): Promise<void> {
    const { clock } = this.#world;
    const startMs = clock.elapsedMs();
    const outcome = await this.#attempt(delivery);
    const nowMs = clock.nowMs();
    const attempt: Attempt = {
      ...{ atMs: nowMs, elapsedMs: Math.round(clock.elapsedMs() - startMs) },
      ...{ outcome: outcome.kind, reason: outcome.reason },
    };
    this.#log.write(outcome.kind === 'delivered' ? 'info' : 'warn', outcome.kind, {
      ...{ alert: delivery.alert, channel: delivery.channel, correlation: delivery.id, reason: outcome.reason },
      elapsedMs: attempt.elapsedMs,
    });
    if (outcome.kind === 'delivered') this.delivered++;
    if (outcome.kind !== 'retry')
      return this.#store.noteAttempt(delivery, attempt, outcome.kind === 'delivered' ? 'delivered' : 'dead', nowMs);
    if (outcome.retryAfterMs !== null) this.#notBefore.set(delivery.channel, nowMs + outcome.retryAfterMs);
    const again = retryAt(delivery.attempts.length + 1, outcome.retryAfterMs, nowMs, this.#chance());
    return this.#store.noteAttempt(delivery, attempt, again === null ? 'dead' : 'pending', again ?? nowMs);
  }

  async #attempt(delivery: Delivery): Promise<DeliveryOutcome> {
    const [alert, channels] = await Promise.all([this.#store.alert(delivery.alert), this.#store.channels()]);
    const channel = channels.find(({ name }) => name === delivery.channel);
    if (alert === null || channel === undefined) return { kind: 'failed', reason: 'the channel is gone' };
    if (delivery.step > 0 && alert.acknowledgedAtMs !== null)
      return { kind: 'failed', reason: 'acknowledged before it was sent' };
    try {
      return await deliverOnce(channel, this.#world, this.#call, messageOf(alert, delivery));
    } catch (error) {
      // The code alone: what a vault or a library says may name more than that.
      return { kind: 'retry', reason: failureOf(error).code, retryAfterMs: null };
    }
  }
}

function messageOf(alert: KeptAlert, { id, step }: Delivery): AlertMessage {
  const { rule, severity, kind, title, text, session, strategy, instrument, lastAtMs, count } = alert;
  return {
    ...{ delivery: id, dedupKey: alert.key, alert: alert.id, rule, severity, kind, title, text },
    ...{ session, strategy, instrument, atMs: lastAtMs, count, step },
  };
}
