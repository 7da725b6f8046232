import { EVENT } from '../../core/vocabulary/events.ts';
import { REFUSALS } from '../../core/vocabulary/refusal.ts';
import { barOpen, type TimeMs } from '../../core/vocabulary/time.ts';
import type { SessionCore } from '../session-core.ts';

/** Quantities that are as near as this are the same decision: they follow from the capital, which every cent of costs moves. */
const SAME_SIZE = 0.05;

/** What a strategy decided: the intent, and the order or refusal that it led to. */
export interface Decision {
  /** Number of its `signal-generated` event. */
  readonly seq: number;
  readonly atMs: TimeMs;
  readonly strategy: string;
  readonly instrument: string;
  readonly action: string;
  /** Null where nothing was ordered. */
  readonly side: 'buy' | 'sell' | null;
  /** Decimal; of the order that was placed or refused. */
  readonly quantity: string | null;
  readonly why: string;
  /** Code of the refusal. */
  readonly refused: string | null;
  /** The same in two runs that decided alike: the bar, not the moment, which delays move. */
  readonly key: string;
}

export function decisionsOf(core: SessionCore): readonly Decision[] {
  const { state, seats, feeds } = core.engine;
  const { log, intents, orders, instruments } = state;
  const c = log.column;
  const ordered = new Map<number, number>();
  for (let row = orders.count - 1; row >= 0; row--)
    if (orders.column.parent[row]! < 0) ordered.set(orders.column.intent[row]!, row);
  const refused = new Map<number, number>();
  for (let seq = 0; seq < log.count; seq++)
    if (c.type[seq] === EVENT['order-refused'] && !refused.has(c.ref[seq]!)) refused.set(c.ref[seq]!, seq);
  const all: Decision[] = [];
  for (let seq = 0; seq < log.count; seq++) {
    if (c.type[seq] !== EVENT['signal-generated']) continue;
    const intent = c.ref[seq]!;
    const instrument = instruments[c.instrument[seq]!]!;
    const row = ordered.get(intent);
    const no = refused.get(intent);
    const signed =
      row !== undefined ? orders.column.side[row]! * orders.column.lots[row]! : no !== undefined ? c.b[no]! : 0;
    const atMs = c.at[seq]!;
    const feed = feeds.find((f) => f.instrument === instrument.index) ?? feeds[0]!;
    const decision = {
      ...{ seq, atMs, strategy: seats[c.strategy[seq]!]!.strategy.def.id, instrument: instrument.id },
      ...{ action: intents.action(intent), why: intents.why[intent]! },
      side: signed === 0 ? null : signed > 0 ? ('buy' as const) : ('sell' as const),
      quantity: signed === 0 ? null : instrument.quantityText(Math.abs(signed)),
      refused: row === undefined && no !== undefined ? REFUSALS[c.a[no]!]! : null,
    };
    const { strategy, action, side, why } = decision;
    const key = [
      barOpen(feed.timeframe, atMs),
      ...[strategy, instrument.id, action, side ?? '', why, decision.refused ?? ''],
    ].join('|');
    all.push({ ...decision, key });
  }
  return all;
}

export interface Divergence {
  /** Decisions before it that are the same. */
  readonly after: number;
  readonly atMs: TimeMs;
  /** `size`: the same decision about another quantity. */
  readonly what: 'missing' | 'extra' | 'different' | 'size';
  readonly expected: Decision | null;
  readonly recorded: Decision | null;
}

/** The first decision that differs; null where none does. */
export function firstDivergence(expected: readonly Decision[], recorded: readonly Decision[]): Divergence | null {
  for (let after = 0; after < Math.max(expected.length, recorded.length); after++) {
    const [e, r] = [expected[after] ?? null, recorded[after] ?? null];
    const what = differenceOf(e, r);
    if (what === null) continue;
    const atMs = Math.min(e?.atMs ?? Number.POSITIVE_INFINITY, r?.atMs ?? Number.POSITIVE_INFINITY);
    // Of two decisions in different bars, the later one is not the counterpart of the earlier.
    if (what !== 'different' || e!.key.split('|')[0] === r!.key.split('|')[0])
      return { after, atMs, what, expected: e, recorded: r };
    return e!.atMs < r!.atMs
      ? { after, atMs, what: 'missing', expected: e, recorded: null }
      : { after, atMs, what: 'extra', expected: null, recorded: r };
  }
  return null;
}

function differenceOf(e: Decision | null, r: Decision | null): Divergence['what'] | null {
  if (e === null) return 'extra';
  if (r === null) return 'missing';
  if (e.key !== r.key) return 'different';
  const [a, b] = [Number(e.quantity ?? 0), Number(r.quantity ?? 0)];
  return Math.abs(a - b) > SAME_SIZE * Math.max(a, b) ? 'size' : null;
}

/** How many decisions of two runs are the same, whatever is between them. */
export function sameDecisions(a: readonly Decision[], b: readonly Decision[]): number {
  const left = new Map<string, number>();
  for (const { key } of a) left.set(key, (left.get(key) ?? 0) + 1);
  let same = 0;
  for (const { key } of b) {
    const count = left.get(key) ?? 0;
    if (count === 0) continue;
    left.set(key, count - 1);
    same++;
  }
  return same;
}
