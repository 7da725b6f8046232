import { createHash } from 'node:crypto';
import { clientOrderId } from '../../src/core/execution/client-order-id.ts';
import type { Command } from '../../src/core/vocabulary/commands.ts';
import { SessionError } from '../../src/session/session-error.ts';
import { SimulatedClock } from '../simulated-world/clock.ts';
import { AccountStreams } from './account-streams.ts';
import { audit, type Claims, type Rules } from './auditor/audit.ts';
import { Chance } from './chance.ts';
import { alarmsOf, claimsOf } from './claims.ts';
import { Disk, type KeptRecord } from './disk.ts';
import { DEPOSITS, Exchange, SYMBOL } from './exchange.ts';
import { drawMix, type FaultMix } from './fault-mix.ts';
import { LeaseRows } from './leases.ts';
import { CASH, isEnding, Life, SESSION, VALIDITY_MS } from './life.ts';
import { countObserved } from './observed.ts';
import { ProcessClock } from './process-clock.ts';
import { ProcessGate } from './process-gate.ts';
import { RareEvents } from './rare-events.ts';
import { BAR_MS, makeTrader, TRADER } from './trader.ts';
import { Wire } from './wire.ts';

export interface SeedResult {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly rare: ReadonlyMap<string, number>;
  /** Of everything that the venue has seen, that the journal holds and that the session is at the end. */
  readonly hash: string;
  readonly lives: number;
  readonly orders: number;
}

/** What is not left to the seed. */
export interface WorldChoices {
  readonly mix?: Partial<FaultMix>;
  readonly tradingMs?: number;
  /** The crossing at which a life ends, and whether after it; null where it is not to die. */
  readonly death?: (life: number) => { readonly at: number; readonly after: boolean } | null;
}

export const LIMITS = { orderSize: '0.1', position: '0.25' } as const;
const TRADING_MS = 240_000;
/** Faults are over; the market goes on for a while, then rests. */
const HEALING_MS = 90_000;
const RESTING_MS = 90_000;
const FUNDING_EVERY_MS = 8 * 3_600_000;
const LONGEST_CLOCK_STEP_MS = 3_000;

/** A world of one seed: a venue, a wire, a disk, and processes that come and go. */
export class World {
  readonly seed: number;
  readonly mix: FaultMix;
  readonly clock: SimulatedClock;
  readonly rare = new RareEvents();
  readonly exchange: Exchange;
  readonly wire: Wire;
  readonly streams: AccountStreams;
  readonly disk: Disk;
  readonly leases: LeaseRows;
  readonly lives: Life[] = [];
  readonly violations: string[] = [];
  /** What the session says of itself in the end. */
  claims: Claims | null = null;
  readonly #chance: Chance;
  readonly #choices: WorldChoices;
  readonly #machine = { offMs: 0 };
  readonly #begunAtMs: number;
  #ticks = 0;
  #barOpenMs: number;
  #barOpenPrice: number;
  #startAtMs = 0;
  isFaulty = true;
  /** Told when faults are over. */
  onHealing: (lives: readonly Life[]) => void = () => {};

  constructor(seed: number, choices: WorldChoices = {}) {
    this.seed = seed;
    this.#choices = choices;
    const chance = new Chance(seed);
    this.#chance = chance;
    this.mix = { ...drawMix(chance.fork()), ...choices.mix };
    const { mix, rare } = this;
    const dayMs = 1_795_200_000_000;
    const fundingMs = Math.ceil(dayMs / FUNDING_EVERY_MS) * FUNDING_EVERY_MS;
    this.clock = new SimulatedClock(mix.nearFunding ? fundingMs - chance.whole(60_000, 200_000) : dayMs);
    const tick = (): number => ++this.#ticks;
    const { clock } = this;
    this.exchange = new Exchange(mix.product, clock, chance.fork(), tick);
    this.wire = new Wire(this.exchange, clock, chance.fork(), mix, rare);
    this.streams = new AccountStreams(clock, chance.fork(), mix, rare, seed);
    this.exchange.told = (event) => this.streams.tell(event);
    this.leases = new LeaseRows(clock, chance.fork(), mix, rare);
    this.disk = new Disk(clock, chance.fork(), mix, rare, this.leases, tick);
    this.#machine.offMs = chance.is(0.5) ? 0 : Math.round(chance.between(-700, 700));
    this.#begunAtMs = clock.nowMs() + this.#machine.offMs;
    this.#barOpenMs = Math.floor(clock.nowMs() / BAR_MS) * BAR_MS;
    this.#barOpenPrice = this.exchange.price;
  }

  async run(): Promise<SeedResult> {
    const onRejection = (error: unknown): void => {
      this.violations.push(`a promise that nobody watches: ${describe(error)}`);
    };
    process.on('unhandledRejection', onRejection);
    try {
      await this.#trade();
      await this.#heal();
    } catch (error) {
      this.violations.push(`threw: ${describe(error)}`);
    } finally {
      await this.clock.advance(0);
      process.off('unhandledRejection', onRejection);
    }
    return this.#result();
  }

  async #trade(): Promise<void> {
    const endMs = this.clock.elapsedMs() + (this.#choices.tradingMs ?? TRADING_MS);
    while (this.clock.elapsedMs() < endMs && this.violations.length === 0) await this.#step(true);
  }

  async #heal(): Promise<void> {
    for (const part of [this.wire, this.streams, this.disk, this.leases]) part.isFaulty = false;
    this.isFaulty = false;
    this.#setDeaf(false);
    this.onHealing(this.lives);
    // Whoever is paused now is woken.
    for (const { isAlive, around } of this.lives) {
      around.gate.spare();
      if (isAlive && around.gate.isPaused) around.gate.resume();
    }
    const startMs = this.clock.elapsedMs();
    const pass = async (untilMs: number, moves: boolean): Promise<void> => {
      while (this.clock.elapsedMs() < startMs + untilMs && this.violations.length === 0) await this.#step(moves);
    };
    await pass(HEALING_MS, true);
    await pass(HEALING_MS + RESTING_MS, false);
    if (this.violations.length > 0) return;
    const running = this.lives.filter((life) => life.isRunning);
    if (running.length !== 1) {
      const stages = this.lives.filter((life) => life.isAlive).map(({ stage }) => stage);
      this.violations.push(`I20: ${running.length} processes run after healing (${stages.join(', ')})`);
      return;
    }
    this.exchange.state();
    this.claims = claimsOf(running[0]!);
    this.#audit(this.claims);
  }

  /** A moment of the market, and what happens to processes in it. */
  async #step(moves: boolean): Promise<void> {
    const chance = this.#chance;
    await this.clock.advance(chance.between(300, 2_500));
    if (moves) {
      const gap = chance.is(0.03) ? chance.between(-0.004, 0.004) : 0;
      const walk = (chance.random.normal() * 0.0002 + gap + 1) * this.exchange.price;
      this.exchange.move(Math.max(90_000, Math.min(100_000, Math.round(walk))));
    }
    if (this.isFaulty && this.mix.read.has('lagging')) this.exchange.picture();
    if (this.clock.nowMs() >= this.#barOpenMs + BAR_MS) this.#bar();
    this.#tend();
  }

  #bar(): void {
    const openMs = this.#barOpenMs;
    const open = this.#barOpenPrice;
    this.#barOpenMs = Math.floor(this.clock.nowMs() / BAR_MS) * BAR_MS;
    this.#barOpenPrice = this.exchange.price;
    if (!this.isFaulty) return;
    for (const life of this.lives)
      if (life.isRunning) life.around.gate.enter(() => life.feed.bar(openMs, open, this.exchange.price));
    this.#disturb();
  }

  /** What befalls processes and their machine, at most once a bar each. */
  #disturb(): void {
    const { mix } = this;
    const chance = this.#chance;
    const running = this.lives.find((life) => life.isRunning && !life.around.gate.isPaused);
    if (chance.is(mix.clockSteps)) {
      this.#machine.offMs = Math.round(chance.between(-LONGEST_CLOCK_STEP_MS, LONGEST_CLOCK_STEP_MS));
      this.rare.count('machine: clock set');
    }
    if (chance.is(mix.strangers)) this.#stranger();
    if (chance.is(mix.deafness)) {
      this.rare.count('wire: nothing comes back for a while');
      this.#setDeaf(true);
      this.clock.after(chance.between(2_000, 20_000), () => this.#setDeaf(false));
    }
    if (running === undefined) return;
    if (chance.is(mix.commands)) this.#command(running);
    if (chance.is(mix.pauses)) this.#pause(running);
    else if (chance.is(mix.secondStarts)) {
      this.rare.count('process: started a second time');
      this.#begin();
    } else if (chance.is(mix.deaths * 0.02)) {
      this.rare.count('process: stopped in order');
      void running.stop('told to');
    }
  }

  #setDeaf(isDeaf: boolean): void {
    this.wire.isDeaf = isDeaf;
    this.streams.isDeaf = isDeaf;
  }

  #pause(life: Life): void {
    const ms = this.#chance.between(500, 30_000);
    this.rare.count('process: paused');
    life.around.gate.pause();
    // Somebody sees that it is silent, and starts another.
    if (ms > 6_000)
      this.clock.after(3_000, () => {
        if (this.isFaulty) this.#begin();
      });
    this.clock.after(ms, () => {
      if (life.isAlive && this.lives.some((other) => other !== life && other.isRunning))
        this.rare.count('process: woken after another took over');
      life.around.gate.resume();
    });
  }

  #stranger(): void {
    const chance = this.#chance;
    this.rare.count('account: somebody else trades');
    const id = `web${chance.whole(1, 1_000_000)}`;
    const rests = chance.is(0.6);
    this.exchange.stranger('POST', {
      ...{ symbol: SYMBOL, side: chance.pick(['BUY', 'SELL']), quantity: '0.003', newClientOrderId: id },
      ...(rests
        ? { type: 'LIMIT', timeInForce: 'GTC', price: String(this.exchange.price + chance.pick([-300, -20, 20, 300])) }
        : { type: 'MARKET' }),
    });
  }

  #command(life: Life): void {
    const chance = this.#chance;
    const reason = 'chance';
    const instrument = life.core!.engine.state.instruments[0]!.id;
    const { orders, session } = life.core!.engine.state;
    this.rare.count('session: a command given');
    const order = (): string => clientOrderId(session, chance.whole(0, Math.max(0, orders.count - 1)));
    const entry = { size: { qty: chance.pick([0.003, 0.02]) }, why: reason };
    const choices = [
      { type: 'close-position', reason, strategy: TRADER, instrument },
      { type: 'cancel-all-orders', reason },
      { type: 'place-order', reason, strategy: TRADER, instrument, side: 'buy', entry },
      ...(orders.count > 0
        ? ([
            { type: 'cancel-order', reason, order: order() },
            { type: 'amend-order', reason, order: order(), price: this.exchange.price - chance.whole(5, 60) },
          ] as const)
        : []),
      { type: 'rearm', reason, scope: 'account' },
      { type: 'rearm', reason, scope: 'instrument', target: instrument },
      ...Array.from({ length: 4 }, () => this.#newLimits(reason, instrument)),
    ] as const;
    life.around.gate.enter(() => life.command(chance.pick(choices)));
  }

  /** Stricter or laxer limits of the account, the strategy or the instrument, confirmed or not. */
  #newLimits(reason: string, instrument: string): Command & { readonly type: 'set-limits' } {
    const chance = this.#chance;
    this.rare.count('session: limits set');
    const [orderSizeLots, positionLots] = [this.#lots(LIMITS.orderSize), this.#lots(LIMITS.position)].map((most) =>
      Math.max(1, Math.round(most * chance.pick([0.1, 0.3, 0.6, 1]))),
    ) as [number, number];
    const limits: Record<string, number> = chance.pick([
      { orderSizeLots },
      { positionLots },
      { orderSizeLots, positionLots },
      { messageOrders: chance.whole(3, 200) },
    ]);
    const scope =
      'messageOrders' in limits ? 'account' : chance.pick(['account', 'account', 'strategy', 'instrument'] as const);
    const target = scope === 'strategy' ? { target: TRADER } : scope === 'instrument' ? { target: instrument } : {};
    return { type: 'set-limits', reason, scope, ...target, limits, confirmed: chance.is(0.7) };
  }

  #lots(quantity: string): number {
    return Math.round(Number(quantity) / (this.mix.product === 'spot' ? 0.00001 : 0.001));
  }

  /** Whoever watches processes: starts one where there is none, and ends those that say that they have failed. */
  #tend(): void {
    const nowMs = this.clock.elapsedMs();
    for (const life of this.lives) {
      if (!life.isAlive || life.around.gate.isPaused) continue;
      const fault = life.session?.fault ?? null;
      if (fault !== null) {
        this.#faulted(life, fault);
        if (this.#chance.is(0.3)) life.around.gate.kill();
        else void life.stop('its session has failed');
      } else if (life.stage === 'running' && life.lease!.loss !== null && this.#chance.is(0.3)) {
        this.rare.count('lease: lost');
        life.around.gate.kill();
      }
    }
    if (this.lives.some((life) => life.isAlive || this.#isEnding(life))) {
      this.#startAtMs = nowMs + this.#chance.between(200, 4_000);
      return;
    }
    if (nowMs >= this.#startAtMs) this.#begin();
  }

  #isEnding(life: Life): boolean {
    return life.ended !== null && !life.around.gate.isDead && !life.around.gate.isPaused;
  }

  #faulted(life: Life, fault: unknown): void {
    const isJournal = fault instanceof Error && fault.name === 'JournalError';
    if (fault instanceof SessionError && fault.code === 'deposed') this.rare.count('lease: lost');
    else this.rare.count(isJournal ? 'session: ended as its journal failed' : 'session: failed by itself');
    if (!isEnding(fault)) this.violations.push(`life ${life.around.number} failed: ${describe(fault)}`);
  }

  #begin(): void {
    const { mix } = this;
    const number = this.lives.length + 1;
    const chance = this.#chance.fork();
    const dies = this.isFaulty && chance.is(mix.deaths);
    const drawn = {
      at: dies ? chance.whole(1, chance.pick(number === 1 ? [300, 1_500] : [60, 100, 300, 1_500])) : -1,
      after: chance.is(0.5),
    };
    const { death } = this.#choices;
    const { at: dieAt, after } = death === undefined ? drawn : (death(number) ?? { at: -1, after: false });
    let drop = (): void => {};
    const soon = (run: () => void): void => void this.clock.after(0, run);
    const gate = new ProcessGate(dieAt, after, soon, () => {
      drop();
      this.#died(life, dieAt);
    });
    const clock = new ProcessClock(this.clock, gate, this.#machine);
    const dialer = this.streams.dialerOf(gate);
    drop = dialer.drop;
    const [positionLots, orderSizeLots] = [this.#lots(LIMITS.position), this.#lots(LIMITS.orderSize)];
    const life: Life = new Life({
      ...{ number, kind: mix.product, gate, clock, chance, dialer, begunAtMs: this.#begunAtMs, foreign: mix.foreign },
      http: this.wire.clientOf(number, gate, clock),
      place: this.disk.placeOf(number, gate),
      leases: this.leases.storeOf(gate),
      strategy: makeTrader(this.seed, { shorts: mix.product === 'usdm', always: this.seed % 2 === 0 }),
      limits: { positionLots, orderSizeLots, portfolioHeatPct: null, repeatedEntryFills: null },
      isGone: (holder) => mix.knowsDead && (this.#lifeOf(holder)?.around.gate.isDead ?? false),
    });
    this.lives.push(life);
    void life.start();
  }

  #lifeOf(holder: string): Life | undefined {
    return this.lives[Number(holder.slice('life'.length)) - 1];
  }

  #died(life: Life, dieAt: number): void {
    life.diedTick = ++this.#ticks;
    if (life.around.gate.crossings !== dieAt) return;
    this.rare.count(`process: died while ${life.stage}`);
    if (life.stage !== 'leasing' && life.stage !== 'running' && life.replayed > 0)
      this.rare.count('process: died within its recovery');
    this.#audit(null);
  }

  get rules(): Rules {
    return {
      ...{ kind: this.mix.product, deposits: DEPOSITS[this.mix.product], cash: String(CASH) },
      ...{ lot: this.mix.product === 'spot' ? '0.00001' : '0.001', validityMs: VALIDITY_MS },
      limits: {
        ...{ orderSizeLots: this.#lots(LIMITS.orderSize), positionLots: this.#lots(LIMITS.position) },
        messageOrders: 100,
      },
      clockErrorMs: this.mix.clockSteps > 0 ? 2 * LONGEST_CLOCK_STEP_MS : 500,
    };
  }

  /** The journal as it lies on the disk. */
  get lines(): readonly KeptRecord[] {
    return this.disk.journals.get(SESSION)?.records ?? [];
  }

  #audit(claims: Claims | null): void {
    this.violations.push(...audit(this.rules, this.exchange.log, this.lines, claims));
  }

  #result(): SeedResult {
    const hash = createHash('sha256').update(JSON.stringify(this.exchange.log));
    const { lines } = this;
    hash.update(lines.at(-1)?.hash ?? '');
    const last = this.lives.findLast((life) => life.core !== null);
    countObserved(lines, this.exchange.log, this.lives, last === undefined ? [] : alarmsOf(last), this.rare);
    hash.update(last?.core?.hash() ?? '');
    return {
      ...{ seed: this.seed, violations: [...new Set(this.violations)], rare: this.rare.counts },
      ...{ hash: hash.digest('hex'), lives: this.lives.length },
      orders: this.exchange.log.filter(({ what }) => what === 'answered').length,
    };
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? String(error)).split('\n').slice(0, 6).join(' | ') : String(error);
}
