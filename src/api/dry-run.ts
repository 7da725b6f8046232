import { z } from 'zod';
import { lazy } from '../core/vocabulary/lazy.ts';

/** Name of what a command answers that was only tried. */
export const DRY_RUN_SCHEMA = 'tradewright.dry-run/1';

/** Field that every command has; it is taken out before the command is carried out. */
export const dryRunField = z
  .boolean()
  .default(false)
  .meta({ description: 'Say what it would do, and whether it may; do nothing' });

/** What one rule of risk says of an order. */
export const ruleLine = lazy(() =>
  z.object({
    rule: z.string(),
    passed: z.boolean(),
    refusal: z.string(),
    unit: z.string(),
    used: z.number().nullable(),
    limit: z.number().nullable(),
    /** Used after the order. */
    after: z.number().nullable(),
  }),
);

const refusalOfFile = lazy(() =>
  z.object({
    code: z.string(),
    message: z.string(),
    hint: z.string(),
    line: z.number().int().nullable(),
    /** From 1. */
    column: z.number().int().nullable(),
  }),
);

const price = z.number().nullable();

/** What the import of one file would be. */
export const importTrial = lazy(() =>
  z.object({
    file: z.string(),
    format: z.enum(['csv', 'parquet']),
    compression: z.string().nullable(),
    bytes: z.number().int(),
    /** In the order of the file; position from 1, and the field that it is taken for. */
    columns: z.array(
      z.object({ position: z.number().int(), header: z.string().nullable(), field: z.string().nullable() }),
    ),
    /** The first rows, as they stand, and the line of the first of them. */
    rows: z.array(z.array(z.string())),
    firstLine: z.number().int().nullable(),
    /** Of times that are numbers: `s`, `ms`, `us`, `ns`. */
    timeUnit: z.string().nullable(),
    instrument: z.string(),
    timeframe: z.string().nullable(),
    /** How many were read; null where the file could not be. */
    bars: z.number().int().nullable(),
    from: z.string().nullable(),
    to: z.string().nullable(),
    /** The first bars, as they were read. */
    first: z.array(
      z.object({ time: z.string().nullable(), open: price, high: price, low: price, close: price, volume: price }),
    ),
    /** A hundred, errors first; `counts` counts all. */
    findings: z.array(
      z.object({
        ...{ code: z.string(), severity: z.enum(['error', 'warning']), file: z.string().nullable() },
        ...{ line: z.number().nullable(), row: z.number(), time: z.string().nullable() },
        ...{ found: z.string(), expected: z.string(), hint: z.string() },
      }),
    ),
    counts: z.record(z.string(), z.number()),
    errors: z.number().int(),
    warnings: z.number().int(),
    /** What of the catalogue would change; null where the import would be refused. */
    change: z
      .object({
        isNew: z.boolean(),
        inserted: z.number().int(),
        unchanged: z.number().int(),
        /** Stored with other values: these would be replaced, those kept. */
        replaced: z.number().int(),
        kept: z.number().int(),
        /** Bars of the series then, from the first to the last. */
        stored: z.number().int(),
        from: z.string(),
        to: z.string(),
      })
      .nullable(),
    refusal: refusalOfFile().nullable(),
  }),
);
export type ImportTrial = z.output<ReturnType<typeof importTrial>>;

/** What would be done. Its input is one that the operation takes, from somebody who may ask it; nothing was changed. */
export const dryRunOutput = lazy(() =>
  z.object({
    operation: z.string(),
    /** What it would do, a sentence each. */
    would: z.array(z.string()),
    /** False where what is known now refuses it; null where only the input was looked at. */
    allowed: z.boolean().nullable(),
    /** Why not: a code and a sentence. */
    refusal: z.object({ code: z.string(), message: z.string() }).nullable(),
    /** Every rule that was asked of an order, in the order in which they are; empty where none was. */
    rules: z.array(ruleLine()),
    /** Of an import, how each file would be read and what would become of it; empty where none was asked for. */
    imports: z.array(importTrial()),
  }),
);
export type DryRun = z.output<ReturnType<typeof dryRunOutput>>;
