/**
 * Assumptions about fills on bars, chosen per run and printed in its report.
 *
 * 1. A bar says four prices and not their order. `path` is the order we assume.
 * 2. Our orders are small: they do not move the price (slippage and the participation cap stand in for that).
 * 3. A resting limit order is filled when price touches it (`touch`; optimistic, there is no queue) or only when price
 *    trades through it (`through`).
 * 4. Where a bar opens beyond an order's price, the order fills at the open: better for a limit, worse for a stop.
 */
export const MARKET_FILLS = ['next-open', 'close'] as const;
export const PATHS = ['pessimistic', 'optimistic', 'ohlc', 'olhc', 'adaptive'] as const;
export const LIMIT_FILLS = ['touch', 'through'] as const;

export type MarketFill = (typeof MARKET_FILLS)[number];
/**
 * `pessimistic`: the extreme that hurts the open position comes first, so a stop is hit before a target of the same bar; for a
 * flat account the resting entries decide. `optimistic`: the reverse. `adaptive`: the extreme nearer to the open comes first.
 */
export type Path = (typeof PATHS)[number];
export type LimitFill = (typeof LIMIT_FILLS)[number];

export interface FillRules {
  /** Market orders decided at a bar's close fill at the next bar's open, or at that very close (only where one can trade the close). */
  readonly market: MarketFill;
  readonly path: Path;
  readonly limit: LimitFill;
}

export const DEFAULT_FILLS: FillRules = { market: 'next-open', path: 'pessimistic', limit: 'touch' };

const WORDS = { market: MARKET_FILLS, path: PATHS, limit: LIMIT_FILLS } as const;

/** Reads `next-open`, `close`, `ohlc`, `close,adaptive,through` …; throws RangeError naming the unknown word, or two that exclude each other. */
export function parseFillRules(text: string): FillRules {
  const said = new Map<string, string>();
  for (const word of text
    .split(',')
    .map((w) => w.trim())
    .filter((w) => w !== '')) {
    const rule = Object.entries(WORDS).find(([, words]) => (words as readonly string[]).includes(word))?.[0];
    if (rule === undefined)
      throw new RangeError(
        `fills: unknown word "${word}"; expected any of ${[...MARKET_FILLS, ...PATHS, ...LIMIT_FILLS].join(', ')}`,
      );
    const other = said.get(rule) ?? word;
    if (other !== word) throw new RangeError(`fills: expected one of ${other} and ${word}, found both`);
    said.set(rule, word);
  }
  return { ...DEFAULT_FILLS, ...Object.fromEntries(said) };
}
