import { barClose, barOpen, type TimeframeSpec, type TimeMs } from '../../core/vocabulary/time.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import type { FeedGap } from '../../ports/market-feed.ts';
import { type Call, type Conversation, symbolText, type Verdict } from './conversation.ts';
import type { Listening } from './listeners.ts';
import { refusalOf } from './refusals.ts';
import { type BarRow, barRows, delayMs, type ServerMessage, textAt } from './server-message.ts';

const SERIES = 'sds_1';
const LARGEST = 5_000;
/** Bars that a check reads beyond those that are due. */
const MARGIN = 3;
/** A check without an answer is made again. */
const CHECK_LIMIT_MS = 3_000;
const MOST_CHECKS = 5;

export interface BarsSetting {
  readonly symbol: string;
  readonly interval: string;
  readonly spec: TimeframeSpec;
  readonly listening: Listening;
  readonly clock: Clock;
  readonly allowsDelayed: boolean;
}

/**
 * Bars of a symbol: the forming one as it comes, closed ones once and in order. The stream does not say that a bar is closed and may owe its
 * last change when the next bar begins, so that closed bars are read from the server's own series then, and after a lost connection.
 */
export class BarConversation implements Conversation {
  readonly kind = 'cs';
  readonly #set: BarsSetting;
  /** Open time of the bar to be told as closed next; NaN before the first one is known. */
  #nextMs = Number.NaN;
  /** The forming bar as it was told last. */
  #forming: BarRow | null = null;
  #session = '';
  #wasLost = false;
  #check: { readonly series: string; readonly tries: number; readonly timer: Timer } | null = null;
  #checks = 0;
  #isClosed = false;
  /** What came in this session before it was said how late the data are; null since that was said. */
  #held: [message: ServerMessage, receivedMs: TimeMs][] | null = null;

  constructor(setting: BarsSetting) {
    this.#set = setting;
  }

  /** False while the server owes the bars that have closed. */
  get isInStep(): boolean {
    return this.#check === null || this.#check.tries === 1;
  }

  begin(session: string): readonly Call[] {
    const { symbol, interval } = this.#set;
    this.#session = session;
    this.#wasLost = !Number.isNaN(this.#nextMs);
    this.#endCheck();
    this.#held = this.#set.allowsDelayed ? null : [];
    return [
      ['chart_create_session', session, ''],
      ['switch_timezone', session, 'Etc/UTC'],
      ['resolve_symbol', session, 'sds_sym_1', symbolText(symbol)],
      ['create_series', session, SERIES, 's1', 'sds_sym_1', interval, this.#due(), ''],
    ];
  }

  take(message: ServerMessage, receivedMs: TimeMs, say: (call: Call) => void): Verdict {
    const refusal = refusalOf(message);
    if (refusal !== null) return { refused: refusal.message };
    if (message.method === 'series_completed' && !this.#set.allowsDelayed) {
      const isLate = delayMs(message.parameters[2]) > 0;
      if (isLate) return { refused: `bars come late (${textAt(message, 2)}): no permission for real time` };
    }
    if (message.method === 'series_completed' && this.#held !== null) {
      const held = this.#held;
      this.#held = null;
      for (const [each, heldMs] of held) this.#data(each, heldMs, say);
      return held.length > 0 ? 'data' : 'none';
    }
    if (message.method !== 'timescale_update' && message.method !== 'du') return 'none';
    if (this.#held === null) return this.#data(message, receivedMs, say);
    this.#held.push([message, receivedMs]);
    return 'none';
  }

  #data(message: ServerMessage, receivedMs: TimeMs, say: (call: Call) => void): Verdict {
    const eventMs = message.sentMs ?? receivedMs;
    const check = this.#check === null ? null : barRows(message, this.#check.series);
    if (check !== null) {
      if (check.length > 0) this.#checked(check, eventMs, receivedMs, say);
      return 'data';
    }
    const rows = barRows(message, SERIES);
    if (rows === null || rows.length === 0) return 'none';
    if (Number.isNaN(this.#nextMs)) this.#nextMs = rows.at(-1)!.openMs;
    if (this.#wasLost) {
      this.#wasLost = false;
      const fromMs = this.#nextMs;
      const told = this.#close(rows, eventMs, receivedMs);
      if (told > 0) this.#tellGap('recovered', fromMs, `the connection was lost; ${told} bars were read again`);
    }
    for (const row of rows) {
      if (row.openMs === this.#nextMs) this.#form(row, eventMs, receivedMs);
      else if (row.openMs > this.#nextMs) this.#startCheck(1, say);
    }
    return 'data';
  }

  close(): void {
    this.#isClosed = true;
    this.#endCheck();
  }

  /** Bars from the one that is due to now. */
  #due(): number {
    if (Number.isNaN(this.#nextMs)) return MARGIN;
    const { spec, clock } = this.#set;
    const stepMs = barClose(spec, this.#nextMs) - this.#nextMs;
    const missed = Math.ceil((barOpen(spec, clock.nowMs()) - this.#nextMs) / stepMs);
    return Math.min(LARGEST, Math.max(0, missed) + MARGIN);
  }

  #startCheck(tries: number, say: (call: Call) => void): void {
    if (tries === 1 && this.#check !== null) return;
    this.#endCheck();
    const series = `check_${++this.#checks}`;
    const session = this.#session;
    const timer = this.#set.clock.after(CHECK_LIMIT_MS, () => {
      if (this.#isClosed || session !== this.#session) return;
      if (tries < MOST_CHECKS) this.#startCheck(tries + 1, say);
      else this.#giveUp();
    });
    this.#check = { series, tries, timer };
    say(['create_series', session, series, 's1', 'sds_sym_1', this.#set.interval, this.#due(), '']);
  }

  #endCheck(): void {
    this.#check?.timer.cancel();
    this.#check = null;
  }

  #checked(rows: readonly BarRow[], eventMs: TimeMs, receivedMs: TimeMs, say: (call: Call) => void): void {
    const { series } = this.#check!;
    say(['remove_series', this.#session, series]);
    const seen = this.#forming;
    const fromMs = this.#nextMs;
    const first = rows.find((row) => row.openMs === fromMs);
    const told = this.#close(rows, eventMs, receivedMs);
    // The series may be a moment behind the stream; the timer asks again.
    if (told === 0) return;
    this.#endCheck();
    const wasMissed = first === undefined || told > 1 || seen === null || !isSame(first, seen);
    if (wasMissed) this.#tellGap('recovered', fromMs, `${told} closed bars differ from the stream, or were not in it`);
    const last = rows.at(-1)!;
    if (last.openMs === this.#nextMs) this.#form(last, eventMs, receivedMs);
  }

  /** Nobody says how the bar ended: it is told as it was seen last, and that it may be wrong. */
  #giveUp(): void {
    this.#endCheck();
    const { spec, clock } = this.#set;
    const fromMs = this.#nextMs;
    const nowMs = clock.nowMs();
    if (this.#forming !== null && this.#forming.openMs === fromMs) this.#tell(this.#forming, nowMs, nowMs, true);
    this.#nextMs = Math.max(barClose(spec, fromMs), barOpen(spec, nowMs));
    this.#tellGap('lost', fromMs, 'TradingView did not say how the bars ended; the last state that was seen stands');
  }

  /** Tells every row but the last one, which is forming, from the one that is due on. Answers how many. */
  #close(rows: readonly BarRow[], eventMs: TimeMs, receivedMs: TimeMs): number {
    let told = 0;
    for (const row of rows.slice(0, -1)) {
      if (row.openMs < this.#nextMs) continue;
      this.#tell(row, eventMs, receivedMs, true);
      told++;
    }
    this.#nextMs = Math.max(this.#nextMs, rows.at(-1)!.openMs);
    return told;
  }

  #form(row: BarRow, eventMs: TimeMs, receivedMs: TimeMs): void {
    this.#forming = row;
    this.#tell(row, eventMs, receivedMs, false);
  }

  #tell(row: BarRow, eventMs: TimeMs, receivedMs: TimeMs, isClosed: boolean): void {
    const { openMs, open, high, low, close, volume } = row;
    for (const { id, sink } of this.#set.listening.listeners()) {
      sink.bar(id, eventMs, receivedMs, openMs, open, high, low, close, volume, isClosed);
    }
  }

  #tellGap(outcome: FeedGap['outcome'], fromMs: TimeMs, reason: string): void {
    this.#set.listening.countGap();
    const toMs = this.#nextMs;
    for (const { id, sink } of this.#set.listening.listeners()) sink.gap(id, { outcome, fromMs, toMs, reason });
  }
}

function isSame(a: BarRow, b: BarRow): boolean {
  return a.open === b.open && a.high === b.high && a.low === b.low && a.close === b.close && a.volume === b.volume;
}
