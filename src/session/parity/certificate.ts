import { unitsToText } from '../../core/vocabulary/decimal.ts';
import type { Instrument } from '../../core/vocabulary/instrument.ts';
import type { TimeMs } from '../../core/vocabulary/time.ts';
import { CAUSES, type Cause, type Ladder } from './ladder.ts';
import type { OrderStory } from './recorded-orders.ts';
import { averageTicks } from './spread-cost.ts';

/** A remainder above this share of all causes together breaks a certificate: then they explain too little. */
export const UNEXPLAINED_SHARE = 0.05;
/** Below this share of the capital a remainder is of no account, however little else there is: one cent of 10,000. */
const NEGLIGIBLE = 1e-6;

/** What became of an order on one side. */
export interface OrderOutcome {
  /** First fill, or the end without one. */
  readonly timeMs: TimeMs | null;
  readonly filled: string;
  /** Average; null without a fill. */
  readonly price: number | null;
  /** Sum of the fees, in the settle asset where it paid. */
  readonly fee: string | null;
  readonly rejected: boolean;
}

export interface OrderPair {
  readonly timeMs: TimeMs;
  readonly instrument: string;
  readonly side: 'buy' | 'sell';
  readonly quantity: string;
  readonly why: string;
  /** By the model, on the data that the session saw; null where it never ordered that. */
  readonly expected: OrderOutcome | null;
  readonly recorded: OrderOutcome | null;
  /** By how much later the recorded order first filled; null where one of them did not. */
  readonly laterMs: number | null;
  /** By how much a unit was dearer to buy, or cheaper to sell, than expected; negative for better. */
  readonly worsePrice: number | null;
}

export interface Certificate {
  readonly holds: boolean;
  /** Why it does not. */
  readonly because: readonly string[];
  /** Exact decimals in the account's currency. */
  readonly profit: { readonly expected: string; readonly recorded: string; readonly gap: string };
  readonly causes: readonly { readonly cause: Cause | 'unexplained'; readonly amount: string }[];
  /** Orders that fared otherwise than expected, oldest first. */
  readonly orders: readonly OrderPair[];
}

/** `tolerance`: the largest gap that still holds, as a share of the capital. */
export function certify(
  ladder: Ladder,
  instruments: readonly Instrument[],
  cash: number,
  tolerance: number,
): Certificate {
  const { scale, expectedQuanta, recordedQuanta, causes, divergence } = ladder;
  const text = (quanta: number): string => unitsToText(quanta, scale);
  const unit = Number(`1e${scale}`);
  const gap = recordedQuanta - expectedQuanta;
  const explained = CAUSES.reduce((sum, cause) => sum + Math.abs(causes[cause]), 0);
  const because: string[] = [];
  if (divergence !== null)
    because.push(`decision ${divergence.after + 1} is ${WORD[divergence.what]}, because of ${divergence.cause}`);
  if (Math.abs(causes.unexplained) > Math.max(UNEXPLAINED_SHARE * explained, NEGLIGIBLE * cash * unit))
    because.push(`${text(causes.unexplained)} of the gap is unexplained`);
  if (Math.abs(gap) > tolerance * cash * unit)
    because.push(`the gap of ${text(gap)} is more than ${+(tolerance * 100).toFixed(6)} % of the capital`);
  return {
    ...{ holds: because.length === 0, because },
    profit: { expected: text(expectedQuanta), recorded: text(recordedQuanta), gap: text(gap) },
    causes: ([...CAUSES, 'unexplained'] as const).map((cause) => ({ cause, amount: text(causes[cause]) })),
    orders: pairsOf(ladder, instruments),
  };
}

const WORD = { missing: 'missing', extra: 'one too many', different: 'another one', size: 'of another size' };

function pairsOf({ modelled, stories }: Ladder, instruments: readonly Instrument[]): readonly OrderPair[] {
  const pairs: OrderPair[] = [];
  for (const key of new Set([...stories.keys(), ...modelled.keys()])) {
    const [recorded, expected] = [stories.get(key) ?? [], modelled.get(key) ?? []];
    for (let k = 0; k < Math.max(recorded.length, expected.length); k++) {
      const [r, e] = [recorded[k] ?? null, expected[k] ?? null];
      if (r !== null && e !== null && isAlike(r, e)) continue;
      const story = (r ?? e)!;
      const instrument = instruments[story.instrument]!;
      const isFilled = r !== null && e !== null && r.fills.length > 0 && e.fills.length > 0;
      pairs.push({
        ...{ timeMs: story.createdAtMs, instrument: instrument.id, side: story.side > 0 ? 'buy' : 'sell' },
        ...{ quantity: instrument.quantityText(story.lots), why: story.why },
        ...{ expected: e && outcomeOf(e, instrument), recorded: r && outcomeOf(r, instrument) },
        laterMs: isFilled ? r.fills[0]!.timeMs - e.fills[0]!.timeMs : null,
        worsePrice: isFilled ? story.side * (averageTicks(r) - averageTicks(e)) * instrument.price(1) : null,
      });
    }
  }
  return pairs.sort((a, b) => a.timeMs - b.timeMs);
}

/** The same but for a quantity that followed from the capital. */
function isAlike(a: OrderStory, b: OrderStory): boolean {
  return (
    a.isRejected === b.isRejected &&
    a.fills.length === b.fills.length &&
    a.fills.every((fill, k) => {
      const other = b.fills[k]!;
      const rate = (f: typeof fill): number => (f.value === 0 ? 0 : f.fee / f.value);
      return (
        fill.timeMs === other.timeMs &&
        fill.ticks === other.ticks &&
        // Fees are rounded to quanta: the same rate of different values is not quite the same.
        Math.abs(rate(fill) - rate(other)) * Math.max(fill.value, other.value) <= 2
      );
    })
  );
}

function outcomeOf(story: OrderStory, instrument: Instrument): OrderOutcome {
  const { fills, filledLots, endedMs, isRejected } = story;
  const timeMs = fills[0]?.timeMs ?? endedMs;
  const inSettle = fills.every(({ feeAsset }) => feeAsset < 0);
  return {
    timeMs: Number.isNaN(timeMs) ? null : timeMs,
    filled: instrument.quantityText(filledLots),
    price: fills.length === 0 ? null : averageTicks(story) * instrument.price(1),
    fee: inSettle ? instrument.moneyText(fills.reduce((sum, { fee }) => sum + fee, 0)) : null,
    rejected: isRejected,
  };
}
