import type { Json } from '../core/vocabulary/json.ts';
import { type AbsenceEvidence, absenceLacks } from './absence.ts';
import type { OrderSender, SentOrder } from './order-sender.ts';

interface Seen extends SentOrder {
  readonly notFoundAtMs: number[];
  notListedAtMs: number | null;
  notTradedAtMs: number | null;
  accountAgreedAtMs: number | null;
}

/** Lookups that are kept of one order: the first and the newest are what counts. */
const KEPT = 8;

/** Gathers what is seen of orders whose fate is unknown, until it is found or its absence is proven by {@link absenceLacks}. */
export class FateSearch {
  readonly #world: { readonly sender: OrderSender };
  readonly #seen = new Map<string, Seen>();
  /** Requests of a process that is gone: when they were made durable, they had so long. */
  readonly #before = new Map<string, SentOrder>();

  constructor(world: { readonly sender: OrderSender }) {
    this.#world = world;
  }

  /** A request that was made durable by another process: it may have left until it ran out, and was good for as long again from then. */
  sentBefore(order: string, symbol: string, validUntilMs: number): void {
    const { validityMs } = this.#world.sender;
    this.#before.set(order, { symbol, sentAtMs: validUntilMs - validityMs, validUntilMs: validUntilMs + validityMs });
  }

  /** Whether an order's fate is being searched for already. */
  knows(order: string): boolean {
    return this.#seenOf(order) !== null;
  }

  /** An order that the venue had, and says it has no more. */
  vanished(order: string, symbol: string, sentAtMs: number, askedAtMs: number): void {
    this.#before.set(order, { symbol, sentAtMs, validUntilMs: askedAtMs });
  }

  /** When the oldest order was sent that is being searched for; infinity where there is none. */
  oldestSentMs(): number {
    return Math.min(...[...this.#seen.values(), ...this.#before.values()].map(({ sentAtMs }) => sentAtMs));
  }

  /** The order is known to the venue. */
  found(order: string): void {
    this.#seen.delete(order);
    this.#before.delete(order);
    this.#world.sender.sent.delete(order);
  }

  listed(symbol: string, orders: ReadonlySet<string>, askedAtMs: number): void {
    for (const [order, seen] of this.#seen)
      if (seen.symbol === symbol && !orders.has(order)) seen.notListedAtMs = askedAtMs;
  }

  /** Our trades of a symbol since `fromMs` are these orders'. */
  traded(symbol: string, orders: ReadonlySet<string>, fromMs: number, askedAtMs: number): void {
    for (const [order, seen] of this.#seen)
      if (seen.symbol === symbol && !orders.has(order) && fromMs <= seen.sentAtMs) seen.notTradedAtMs = askedAtMs;
  }

  agreed(askedAtMs: number): void {
    for (const seen of this.#seen.values()) seen.accountAgreedAtMs = askedAtMs;
  }

  /** One lookup found nothing; answers the proof, once there is one. */
  notFound(order: string, askedAtMs: number, coveredSinceMs: number): Json | null {
    const seen = this.#seenOf(order);
    if (seen === null) return null;
    seen.notFoundAtMs.push(askedAtMs);
    if (seen.notFoundAtMs.length > KEPT) seen.notFoundAtMs.splice(1, 1);
    const evidence = { ...seen, coveredSinceMs };
    if (absenceLacks(evidence) !== null) return null;
    this.found(order);
    return JSON.parse(JSON.stringify(evidence)) as Json;
  }

  /** What is missing for a proof; see {@link absenceLacks}. */
  lacks(order: string, coveredSinceMs: number): string | null {
    const seen = this.#seenOf(order);
    return seen === null ? 'when it was sent' : absenceLacks({ ...seen, coveredSinceMs } satisfies AbsenceEvidence);
  }

  #seenOf(order: string): Seen | null {
    const known = this.#seen.get(order);
    if (known) return known;
    const sent = this.#world.sender.sent.get(order) ?? this.#before.get(order);
    if (sent === undefined) return null;
    const seen: Seen = { ...sent, notFoundAtMs: [], notListedAtMs: null, notTradedAtMs: null, accountAgreedAtMs: null };
    this.#seen.set(order, seen);
    return seen;
  }
}
