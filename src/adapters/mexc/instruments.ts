import { z } from 'zod';
import { decimal, formatDecimal, parseDecimal } from '../../core/vocabulary/decimal.ts';
import { type InstrumentDefinition, instrumentSchema } from '../../core/vocabulary/instrument.ts';
import type { HttpAnswer } from '../../ports/transport.ts';
import { jsonOf } from './rest-answers.ts';

const symbolRow = z.object({
  symbol: z.string().min(1),
  status: z.union([z.string(), z.number()]).transform(String),
  baseAsset: z.string(),
  quoteAsset: z.string(),
  /** Digits of prices. */
  quotePrecision: z.number().int().min(0).max(18),
  /** Digits of quantities. */
  baseAssetPrecision: z.number().int().min(0).max(18),
  /** Least quantity, and step where it is coarser than the digits; `0` says nothing. */
  baseSizePrecision: z.string().default('0'),
  /** Despite its name the least order value in quote. */
  quoteAmountPrecision: z.string().default('0'),
});

const listing = z.object({ symbols: z.array(z.unknown()) });

function stepOfDigits(digits: number): string {
  return digits === 0 ? '1' : `0.${'0'.repeat(digits - 1)}1`;
}

function positive(text: string): string | null {
  const parsed = parseDecimal(text);
  return parsed !== null && parsed > 0n ? formatDecimal(parsed) : null;
}

function instrumentOf(row: z.output<typeof symbolRow>): InstrumentDefinition {
  const digits = stepOfDigits(row.baseAssetPrecision);
  const least = positive(row.baseSizePrecision);
  const minNotional = positive(row.quoteAmountPrecision);
  return {
    id: `MEXC:${row.symbol}`,
    kind: 'spot',
    base: row.baseAsset,
    quote: row.quoteAsset,
    tick: stepOfDigits(row.quotePrecision),
    lot: least !== null && decimal(least) > decimal(digits) ? least : digits,
    ...(least === null ? {} : { minQuantity: least }),
    ...(minNotional === null ? {} : { minNotional }),
  };
}

/** `3` is offline. */
const OFFLINE = '3';

/**
 * Rules of every symbol of `GET /api/v3/exchangeInfo` that is not offline. MEXC has no filters: the steps are digits. A row that breaks our
 * rules (more than 18 digits, a name with a space) is left out where everything is listed, and is an error where it is the one asked for.
 */
export function readInstruments(answer: HttpAnswer, wanted?: readonly string[]): readonly InstrumentDefinition[] {
  const found: InstrumentDefinition[] = [];
  for (const raw of listing.parse(jsonOf(answer)).symbols) {
    const row = symbolRow.safeParse(raw);
    if (row.success && row.data.status === OFFLINE) continue;
    const definition = row.success ? instrumentSchema.safeParse(instrumentOf(row.data)) : row;
    if (definition.success) found.push(instrumentOf(row.data!));
    else if (wanted !== undefined) throw definition.error;
  }
  return found;
}
