import type { Clock } from '../ports/clock.ts';
import type { ExchangeGateway, Outcome, VenueOrder } from '../ports/exchange-gateway.ts';
import type { Journal, JournaledIntent } from '../ports/journal.ts';
import type { VenueRequest } from './venue-side.ts';
import type { VenueWord } from './venue-words.ts';

/** Right to send for an account: {@link loss} is asked in the very turn in which something leaves. */
export interface SendingRight {
  readonly epoch: number;
  /** Why nothing may leave any more; null while it may. */
  readonly loss: string | null;
}

/** When an order was sent, and until when the venue may take it: by the venue's clock. */
export interface SentOrder {
  readonly symbol: string;
  readonly sentAtMs: number;
  readonly validUntilMs: number;
}

export interface SenderWorld {
  readonly gateway: ExchangeGateway;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly right: SendingRight;
  /** How long after its time stamp the venue takes a request. */
  readonly validityMs: number;
  /** Whether orders that add risk may leave now; asked in the turn in which they would. */
  readonly mayRaise: () => string | null;
  readonly tell: (word: VenueWord) => void;
  /** The journal failed: nothing that adds risk can be sent any more. */
  readonly failed: (error: unknown) => void;
}

type Answered = VenueWord & { readonly type: 'request-answered' };

/**
 * Takes what the engine wants of an exchange, in order: makes it durable with its verdict, reservation and epoch, and sends it then, at most
 * once. Requests about one order wait for each other; a request whose right, time or readiness has passed meanwhile is not sent, and said
 * to be so.
 */
export class OrderSender {
  readonly #world: SenderWorld;
  #waiting: VenueRequest[] = [];
  /** On their way into the journal. */
  #entering: readonly VenueRequest[] = [];
  #committing = false;
  /** The last request about each order that is on its way. */
  readonly #chains = new Map<string, Promise<void>>();
  /** Orders that were sent and are not proven to be at the venue, or never to have been. */
  readonly sent = new Map<string, SentOrder>();

  constructor(world: SenderWorld) {
    this.#world = world;
  }

  get validityMs(): number {
    return this.#world.validityMs;
  }

  /** Whether nothing is on its way. */
  get isIdle(): boolean {
    return this.#waiting.length === 0 && !this.#committing && this.#chains.size === 0;
  }

  /** Whether a request about this order is on its way. */
  isBusyWith(order: string): boolean {
    const isOf = (each: VenueRequest): boolean => each.order === order;
    return this.#chains.has(order) || this.#waiting.some(isOf) || this.#entering.some(isOf);
  }

  send(requests: readonly VenueRequest[]): void {
    this.#waiting.push(...requests);
    if (!this.#committing) void this.#drain();
  }

  async #drain(): Promise<void> {
    const { journal, clock, failed } = this.#world;
    this.#committing = true;
    try {
      while (this.#waiting.length > 0) {
        const batch = this.#waiting;
        this.#waiting = [];
        const validUntilMs = this.#venueNowMs() + this.#world.validityMs;
        const allowed = batch.filter((request) => this.#mayGo(request));
        if (allowed.length === 0) continue;
        this.#entering = allowed;
        await journal.commit(
          allowed.map((request) => ({
            kind: 'intent' as const,
            atMs: clock.nowMs(),
            payload: this.#intentOf(request, validUntilMs),
          })),
        );
        this.#entering = [];
        for (const request of allowed) this.#start(request, validUntilMs);
      }
    } catch (error) {
      failed(error);
    } finally {
      this.#committing = false;
    }
  }

  #intentOf(request: VenueRequest, validUntilMs: number): JournaledIntent {
    const { kind, order, placement, verdict, reservation, intent } = request;
    return {
      request: kind,
      intent,
      clientOrderId: order,
      order: placement === null ? { symbol: request.symbol } : JSON.parse(JSON.stringify(placement)),
      ...{ verdict, reservation, epoch: this.#world.right.epoch, validUntilMs },
    };
  }

  /** Whether a request may leave; where it may not, the engine is told that it never will. */
  #mayGo(request: VenueRequest): boolean {
    const { right, mayRaise } = this.#world;
    const why = right.loss ?? (request.reduces ? null : mayRaise());
    if (why !== null) this.#answer(request, 'not-sent', 'not-sent', why, null);
    return why === null;
  }

  #start(request: VenueRequest, validUntilMs: number): void {
    const before = this.#chains.get(request.order);
    const done = (before ?? Promise.resolve()).then(() => this.#carryOut(request, validUntilMs));
    this.#chains.set(request.order, done);
    void done.finally(() => {
      if (this.#chains.get(request.order) === done) this.#chains.delete(request.order);
    });
  }

  async #carryOut(request: VenueRequest, validUntilMs: number): Promise<void> {
    const { gateway } = this.#world;
    // What was decided long ago is not sent now: a pause of the machine, or a slow disk.
    if (request.kind === 'place' && this.#venueNowMs() > validUntilMs) {
      this.#answer(request, 'not-sent', 'not-sent', 'its time was over before it could be sent', null);
      return;
    }
    if (!this.#mayGo(request)) return;
    const sentAtMs = this.#venueNowMs();
    if (request.kind === 'place')
      this.sent.set(request.order, {
        ...{ symbol: request.symbol, sentAtMs, validUntilMs: sentAtMs + this.#world.validityMs },
      });
    const outcome = await this.#ask(gateway, request);
    const isUnknown =
      outcome.outcome === 'unknown' || (outcome.outcome === 'rejected' && outcome.code === 'duplicate-order');
    if (request.kind === 'place' && !isUnknown) this.sent.delete(request.order);
    if (outcome.outcome === 'accepted') this.#answer(request, 'accepted', null, '', outcome.value);
    else {
      const { code, message } = outcome;
      // The venue has an order of this id: ours, as nobody else makes such ids. What became of it is to be asked.
      const isOurs = request.kind === 'place' && code === 'duplicate-order';
      const fate = isOurs
        ? 'unknown'
        : outcome.outcome === 'rejected' && code === 'not-sent'
          ? 'not-sent'
          : outcome.outcome;
      this.#answer(request, fate, code, message, null);
    }
  }

  #ask(gateway: ExchangeGateway, request: VenueRequest): Promise<Outcome<VenueOrder>> {
    const { kind, placement, symbol, order } = request;
    if (kind === 'place') return gateway.place(placement!);
    if (kind === 'cancel') return gateway.cancel(symbol, order);
    return Promise.resolve({
      outcome: 'rejected',
      code: 'unsupported',
      message: 'orders are replaced',
      venueCode: null,
    });
  }

  #answer(
    request: VenueRequest,
    outcome: Answered['outcome'],
    code: string | null,
    message: string,
    told: VenueOrder | null,
  ): void {
    const { kind, order } = request;
    this.#world.tell({
      ...{ type: 'request-answered', request: kind, order, outcome, code, message, told },
      atMs: this.#venueNowMs(),
    });
  }

  #venueNowMs(): number {
    return this.#world.clock.nowMs() + (this.#world.gateway.clockSkew?.skewMs ?? 0);
  }
}
