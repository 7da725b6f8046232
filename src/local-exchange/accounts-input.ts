import { z } from 'zod';
import { parseDecimal } from '../core/vocabulary/decimal.ts';
import type { AccountSpec } from './accounts.ts';

const amount = z.string().refine((text) => (parseDecimal(text) ?? -1n) >= 0n, 'expected decimal text such as "1000.5"');
const balances = z.record(z.string().regex(/^\S{1,20}$/), amount);

/** What an accounts file holds: a list of accounts. Unknown fields are refused, so that a misspelt one is not lost. */
const accountsFileSchema = z.array(
  z.strictObject({
    name: z.string().min(1),
    keys: z
      .array(
        z.strictObject({
          kind: z.enum(['hmac', 'ed25519', 'rsa']).optional(),
          apiKey: z.string().optional(),
          secret: z.string().min(1).optional(),
          publicKey: z.string().optional(),
          permissions: z
            .strictObject({ reading: z.boolean(), spot: z.boolean(), usdm: z.boolean() })
            .partial()
            .optional(),
        }),
      )
      .optional(),
    balances: z.strictObject({ spot: balances, usdm: balances }).partial().optional(),
  }),
);

/** Reads the text of an accounts file (JSON). Throws a sentence that says where it is wrong. */
export function readAccountsFile(text: string): readonly AccountSpec[] {
  const parsed = accountsFileSchema.safeParse(JSON.parse(text));
  if (!parsed.success) throw new RangeError(`accounts file: ${z.prettifyError(parsed.error)}`);
  // Absent and undefined are one here: JSON cannot tell them apart.
  return parsed.data as readonly AccountSpec[];
}

/**
 * Reads an account of the command line: `alice`, or `alice:USDT=10000,BTC=1` for balances on spot, or `alice:usdm.USDT=5000` for
 * futures. Throws a sentence that says what was expected.
 */
export function readAccountFlag(text: string): AccountSpec {
  const [name = '', rest] = text.split(/:(.*)/s);
  const found = { spot: {} as Record<string, string>, usdm: {} as Record<string, string> };
  for (const part of rest === undefined || rest === '' ? [] : rest.split(',')) {
    const match = /^(?:(spot|usdm)\.)?([^\s.=]{1,20})=(.+)$/.exec(part);
    if (name === '' || !match || (parseDecimal(match[3]!) ?? -1n) < 0n)
      throw new RangeError(`expected NAME or NAME:ASSET=AMOUNT,usdm.ASSET=AMOUNT, found "${text}" (at "${part}")`);
    found[(match[1] as 'spot' | 'usdm' | undefined) ?? 'spot'][match[2]!] = match[3]!;
  }
  if (name === '') throw new RangeError(`expected NAME or NAME:ASSET=AMOUNT,…, found "${text}"`);
  return { name, balances: found };
}
