import { z } from 'zod';
import { lazy } from '../../core/vocabulary/lazy.ts';

/** The rows of a chart: one list for each field, oldest first, all of one length. Numbers to draw and reckon with; `time` is when a bar opened. */
export const barColumns = lazy(() =>
  z.object({
    time: z.array(z.string()),
    ...{ open: z.array(z.number()), high: z.array(z.number()), low: z.array(z.number()), close: z.array(z.number()) },
    volume: z.array(z.number()),
  }),
);

export const indicatorField = z
  .array(
    z
      .string()
      .regex(
        /^[a-z0-9-]+(?::\w+=[\w.-]+(?:,\w+=[\w.-]+)*)?$/,
        'expected an indicator with its parameters, e.g. ema:length=20',
      ),
  )
  .max(20, 'expected at most 20 indicators')
  .default([])
  .meta({
    description:
      'Indicator over these bars, with its parameters: ema:length=20, or ema:length=20,source=high for another field than the close; repeatable',
    placeholder: 'name:parameter=value',
  });

/** Values of indicators, row by row beside the bars. */
export const indicatorColumns = lazy(() =>
  z.array(
    z.object({
      /** As it was asked for. */
      indicator: z.string(),
      title: z.string(),
      /** Unit of its values; `input` and `price` are drawn over the bars. */
      unit: z.string(),
      lines: z.array(
        z.object({
          name: z.string(),
          /** Null while it warms up. */
          values: z.array(z.number().nullable()),
        }),
      ),
    }),
  ),
);
