import { z } from 'zod';

/** Name of what a command answers that was only tried. */
export const DRY_RUN_SCHEMA = 'tradewright.dry-run/1';

/** Field that every command has; it is taken out before the command is carried out. */
export const dryRunField = z
  .boolean()
  .default(false)
  .meta({ description: 'Say what it would do, and whether it may; do nothing' });

/** What one rule of risk says of an order. */
export const ruleLine = z.object({
  rule: z.string(),
  passed: z.boolean(),
  refusal: z.string(),
  unit: z.string(),
  used: z.number().nullable(),
  limit: z.number().nullable(),
  /** Used after the order. */
  after: z.number().nullable(),
});

/** What would be done. Its input is one that the operation takes, from somebody who may ask it; nothing was changed. */
export const dryRunOutput = z.object({
  operation: z.string(),
  /** What it would do, a sentence each. */
  would: z.array(z.string()),
  /** False where what is known now refuses it; null where only the input was looked at. */
  allowed: z.boolean().nullable(),
  /** Why not: a code and a sentence. */
  refusal: z.object({ code: z.string(), message: z.string() }).nullable(),
  /** Every rule that was asked of an order, in the order in which they are; empty where none was. */
  rules: z.array(ruleLine),
});
export type DryRun = z.output<typeof dryRunOutput>;
