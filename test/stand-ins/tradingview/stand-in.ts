import { decodePackets, encodePacket } from '../../../src/adapters/tradingview/packets.ts';
import type { Clock, Timer } from '../../../src/ports/clock.ts';
import { barAt, priceAt, type StandInBar, TICK_MS } from './prices.ts';

/*
 * A stand-in for TradingView's chart socket, and not TradingView: it says what community notes and clients of others say of the protocol,
 * about made-up prices. What the true server does otherwise, it cannot tell.
 */

const MINUTE = 60_000;
const STEPS_MS: Readonly<Record<string, number>> = {
  ...{ '1S': 1_000, '5S': 5_000, '10S': 10_000, '15S': 15_000, '30S': 30_000 },
  ...{ '1': MINUTE, '3': 3 * MINUTE, '5': 5 * MINUTE, '15': 15 * MINUTE, '30': 30 * MINUTE, '45': 45 * MINUTE },
  ...{ '60': 60 * MINUTE, '120': 120 * MINUTE, '180': 180 * MINUTE, '240': 240 * MINUTE },
  ...{ D: 1_440 * MINUTE, '1D': 1_440 * MINUTE, W: 10_080 * MINUTE, '1W': 10_080 * MINUTE },
};
const MONDAY_MS = 4 * 86_400_000;
const MOST_BARS = 5_000;

/** One connection as the stand-in sees it. */
export interface StandInWire {
  send(text: string): void;
  close(): void;
}

interface Series {
  readonly symbol: string;
  readonly stepMs: number;
  readonly turnaround: unknown;
  /** Open time of the bar with index 0. */
  readonly zeroMs: number;
  firstMs: number;
  lastMs: number;
  told: string;
}

interface Chart {
  readonly symbols: Map<unknown, string>;
  readonly series: Map<string, Series>;
}

export interface StandInOptions {
  readonly heartbeatMs?: number;
  readonly silenceMs?: number;
}

/** The symbols it has; those of DELAYED come a quarter of an hour late. */
export const SYMBOLS = ['BINANCE:BTCUSDT', 'NASDAQ:AAPL', 'DELAYED:IBM'];

/** Everything that clients of one venue share. */
export class TradingViewStandIn {
  readonly clients = new Set<StandInClient>();
  readonly clock: Clock;
  readonly heartbeatMs: number;
  readonly silenceMs: number;
  /** Every call of every client. */
  readonly heard: { readonly method: string; readonly parameters: readonly unknown[] }[] = [];
  /** Requests of bars that are not answered yet, now and at most. */
  atOnce = 0;
  mostAtOnce = 0;
  /** What becomes of a packet on its way out: sent as often as said, or later. */
  fate: (packet: string) => readonly number[] = () => [0];
  /** Until bars that were asked for are there. */
  answerMs = 20;
  /** There are no bars before. */
  listedMs = Number.NEGATIVE_INFINITY;
  /** How it says that data come, whatever the symbol; null for the symbol's own way. */
  mode: string | null = null;
  #timer: Timer | null = null;

  constructor(clock: Clock, options: StandInOptions = {}) {
    this.clock = clock;
    this.heartbeatMs = options.heartbeatMs ?? 5_000;
    this.silenceMs = options.silenceMs ?? 30_000;
    this.#tick();
  }

  join(wire: StandInWire): StandInClient {
    const client = new StandInClient(this, wire);
    this.clients.add(client);
    return client;
  }

  close(): void {
    this.#timer?.cancel();
    for (const client of this.clients) client.left();
  }

  #tick(): void {
    this.#timer = this.clock.after(TICK_MS - (this.clock.nowMs() % TICK_MS), () => {
      for (const client of this.clients) client.update();
      this.#tick();
    });
  }
}

export class StandInClient {
  readonly #venue: TradingViewStandIn;
  readonly #wire: StandInWire;
  readonly #charts = new Map<string, Chart>();
  readonly #quotes = new Map<string, Map<string, string>>();
  readonly #timers = new Set<Timer>();
  #beats = 0;
  #heardMs: number;

  constructor(venue: TradingViewStandIn, wire: StandInWire) {
    this.#venue = venue;
    this.#wire = wire;
    this.#heardMs = venue.clock.elapsedMs();
    const nowMs = venue.clock.nowMs();
    this.#packet(
      JSON.stringify({
        session_id: '<0.1.2>_stand-in',
        ...{ timestamp: Math.floor(nowMs / 1000), timestampMs: nowMs, release: 'stand-in', protocol: 'json' },
      }),
    );
    this.#beat();
  }

  received(text: string): void {
    this.#heardMs = this.#venue.clock.elapsedMs();
    const { packets, fault } = decodePackets(text);
    for (const packet of packets) if (!packet.startsWith('~h~')) this.#call(packet);
    if (fault !== null) this.#refuseProtocol();
  }

  left(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#venue.clients.delete(this);
  }

  /** The wire breaks. */
  drop(): void {
    this.left();
    this.#wire.close();
  }

  /** A frame as it stands. */
  raw(text: string): void {
    this.#wire.send(text);
  }

  /** A price has changed. */
  update(): void {
    const nowMs = this.#venue.clock.nowMs();
    for (const [session, chart] of this.#charts) {
      for (const [id, series] of chart.series) this.#updateSeries(session, id, series, nowMs);
    }
    for (const [session, symbols] of this.#quotes) {
      for (const [name, symbol] of symbols) {
        const lp = priceAt(symbol, nowMs);
        const v = { lp, lp_time: Math.floor(nowMs / 1000), bid: lp - 0.01, ask: lp + 0.01 };
        this.#say('qsd', [session, { n: name, s: 'ok', v }]);
      }
    }
  }

  #updateSeries(session: string, id: string, series: Series, nowMs: number): void {
    if (id.startsWith('check')) return;
    const openMs = openOf(series.stepMs, nowMs);
    for (let at = series.lastMs; at <= openMs; at += series.stepMs) {
      const isNew = at > series.lastMs;
      const row = rowOf(series, barAt(series.symbol, at, series.stepMs, nowMs));
      const text = JSON.stringify(row);
      if (text === series.told) continue;
      series.told = text;
      series.lastMs = at;
      const data = { [id]: { s: [row], ns: { d: '', indexes: 'nochange' }, t: series.turnaround, lbs: {} } };
      if (isNew) this.#say('timescale_update', [session, data, { index: 0, changes: [at / 1000], marks: [] }]);
      else this.#say('du', [session, data]);
    }
  }

  #call(packet: string): void {
    let call: { m?: unknown; p?: unknown };
    try {
      call = JSON.parse(packet);
    } catch {
      this.#refuseProtocol();
      return;
    }
    const { m: method, p: parameters } = call;
    if (typeof method !== 'string' || !Array.isArray(parameters)) {
      this.#refuseProtocol();
      return;
    }
    this.#venue.heard.push({ method, parameters });
    const [session, ...rest] = parameters as [string, ...unknown[]];
    this.#charting(method, session, rest);
    this.#quoting(method, session, rest);
  }

  #charting(method: string, session: string, rest: readonly unknown[]): void {
    if (method === 'chart_create_session') this.#charts.set(session, { symbols: new Map(), series: new Map() });
    if (method === 'chart_delete_session') this.#charts.delete(session);
    const chart = this.#charts.get(session);
    if (chart === undefined) return;
    if (method === 'switch_timezone' && !['Etc/UTC', 'exchange'].includes(String(rest[0]))) {
      this.#say('critical_error', [session, 'invalid timezone', `method: switch_timezone. args: "${String(rest[0])}"`]);
    }
    if (method === 'resolve_symbol') this.#resolve(session, chart, rest);
    if (method === 'create_series') this.#load(session, chart, rest);
    if (method === 'modify_series') this.#load(session, chart, [...rest.slice(0, 4), 300]);
    if (method === 'remove_series') chart.series.delete(String(rest[0]));
    if (method === 'request_more_data') this.#more(session, chart, String(rest[0]), Number(rest[1]));
  }

  #resolve(session: string, chart: Chart, [id, text]: readonly unknown[]): void {
    const symbol = symbolIn(text);
    if (!SYMBOLS.includes(symbol)) {
      this.#say('symbol_error', [session, id, 'invalid symbol']);
      return;
    }
    chart.symbols.set(id, symbol);
    const isCrypto = symbol.startsWith('BINANCE');
    const [exchange, name] = symbol.split(':');
    this.#say('symbol_resolved', [
      session,
      id,
      {
        ...{ name, full_name: symbol, exchange, type: isCrypto ? 'spot' : 'stock', timezone: 'Etc/UTC' },
        ...(isCrypto ? { base_currency: 'BTC', currency_code: 'USDT' } : { currency_code: 'USD' }),
        ...{ pricescale: 100, minmov: 1, session: '24x7', has_intraday: true },
      },
    ]);
  }

  #load(session: string, chart: Chart, rest: readonly unknown[]): void {
    const [id, turnaround, symbolId, interval, count] = rest;
    const symbol = chart.symbols.get(symbolId);
    const stepMs = STEPS_MS[String(interval)];
    const asked = Array.isArray(count) ? Number(count[2]) : Number(count);
    if (!Number.isInteger(asked) || asked < 1) {
      this.#say('critical_error', [
        session,
        'invalid parameters',
        `method: create_series. args: ${JSON.stringify(rest)}`,
      ]);
      return;
    }
    if (symbol === undefined) return;
    if (stepMs === undefined) {
      this.#say('series_error', [session, id, turnaround, 'custom_resolution']);
      return;
    }
    this.#say('series_loading', [session, id, turnaround]);
    this.#venue.atOnce++;
    this.#venue.mostAtOnce = Math.max(this.#venue.mostAtOnce, this.#venue.atOnce);
    this.#after(this.#venue.answerMs, () => {
      this.#venue.atOnce--;
      const nowMs = this.#venue.clock.nowMs();
      const lastMs = openOf(stepMs, Array.isArray(count) ? Math.min(nowMs, Number(count[1]) * 1000) : nowMs);
      const mostMs = lastMs - (Math.min(MOST_BARS, asked) - 1) * stepMs;
      const firstMs = Math.max(mostMs, openOf(stepMs, this.#venue.listedMs));
      const series: Series = { symbol, stepMs, turnaround, zeroMs: firstMs, firstMs, lastMs, told: '' };
      if (!Array.isArray(count)) chart.series.set(String(id), series);
      this.#bars(session, String(id), series, firstMs, lastMs);
    });
  }

  #more(session: string, chart: Chart, id: string, count: number): void {
    const series = chart.series.get(id);
    if (series === undefined) return;
    const lastMs = series.firstMs - series.stepMs;
    series.firstMs -= count * series.stepMs;
    this.#bars(session, id, series, series.firstMs, lastMs);
  }

  #bars(session: string, id: string, series: Series, firstMs: number, lastMs: number): void {
    const { symbol, stepMs, turnaround } = series;
    const nowMs = this.#venue.clock.nowMs();
    const s: unknown[] = [];
    for (let at = firstMs; at <= lastMs; at += stepMs) s.push(rowOf(series, barAt(symbol, at, stepMs, nowMs)));
    const lbs = { bar_close_time: (lastMs + stepMs) / 1000 };
    const data = { [id]: { node: 'stand-in', s, ns: { d: '', indexes: [] }, t: turnaround, lbs } };
    this.#say('timescale_update', [session, data, { index: 0, zoffset: 0, changes: [], marks: [], index_diff: [] }]);
    const mode = this.#mode(symbol);
    this.#say('series_completed', [session, id, mode, turnaround, { rt_update_period: 0 }]);
  }

  #quoting(method: string, session: string, rest: readonly unknown[]): void {
    if (method === 'quote_create_session') this.#quotes.set(session, new Map());
    if (method === 'quote_delete_session') this.#quotes.delete(session);
    const symbols = this.#quotes.get(session);
    if (symbols === undefined) return;
    if (method === 'quote_remove_symbols') for (const each of rest) symbols.delete(String(each));
    if (method !== 'quote_add_symbols') return;
    for (const name of rest.filter((each) => typeof each === 'string')) {
      const symbol = symbolIn(name);
      if (!SYMBOLS.includes(symbol)) {
        this.#say('qsd', [session, { n: name, s: 'error', errmsg: 'invalid symbol', v: {} }]);
        continue;
      }
      const lp = priceAt(symbol, this.#venue.clock.nowMs());
      const update_mode = this.#mode(symbol);
      const v = { lp, bid: lp - 0.01, bid_size: 1.5, ask: lp + 0.01, ask_size: 0.5, update_mode, short_name: symbol };
      this.#say('qsd', [session, { n: name, s: 'ok', v }]);
      this.#say('quote_completed', [session, name]);
      symbols.set(name, symbol);
    }
  }

  #mode(symbol: string): string {
    return this.#venue.mode ?? (symbol.startsWith('DELAYED') ? 'delayed_streaming_900' : 'streaming');
  }

  #refuseProtocol(): void {
    this.#say('protocol_error', ['wrong data']);
    this.drop();
  }

  #say(m: string, p: readonly unknown[]): void {
    const nowMs = this.#venue.clock.nowMs();
    const packet = JSON.stringify({ m, p, t: Math.floor(nowMs / 1000), t_ms: nowMs });
    for (const lateMs of this.#venue.fate(packet)) {
      if (lateMs === 0) this.#packet(packet);
      else this.#after(lateMs, () => this.#packet(packet));
    }
  }

  #packet(payload: string): void {
    this.#wire.send(encodePacket(payload));
  }

  #beat(): void {
    this.#after(this.#venue.heartbeatMs, () => {
      if (this.#venue.clock.elapsedMs() - this.#heardMs > this.#venue.silenceMs) {
        this.drop();
        return;
      }
      this.#packet(`~h~${++this.#beats}`);
      this.#beat();
    });
  }

  #after(ms: number, run: () => void): void {
    const timer = this.#venue.clock.after(ms, () => {
      this.#timers.delete(timer);
      run();
    });
    this.#timers.add(timer);
  }
}

function openOf(stepMs: number, timeMs: number): number {
  const originMs = stepMs === 10_080 * MINUTE ? MONDAY_MS : 0;
  return Math.floor((timeMs - originMs) / stepMs) * stepMs + originMs;
}

function rowOf({ zeroMs, stepMs }: Series, bar: StandInBar): object {
  const v = [bar.openMs / 1000, bar.open, bar.high, bar.low, bar.close, bar.volume];
  return { i: (bar.openMs - zeroMs) / stepMs, v };
}

/** `BINANCE:BTCUSDT`, or the form with options. */
function symbolIn(text: unknown): string {
  if (typeof text !== 'string') return '';
  if (!text.startsWith('=')) return text;
  const { symbol } = JSON.parse(text.slice(1)) as { symbol?: unknown };
  return typeof symbol === 'string' ? symbol : '';
}
