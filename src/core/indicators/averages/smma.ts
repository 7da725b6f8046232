import { defineIndicator, length, settleBars } from '../indicator.ts';
import { Smoothing } from './ema.ts';

/** Smoothed moving average, also called Wilder's smoothing, RMA or modified moving average: an EMA with factor 1/n. */
export const smma = defineIndicator({
  name: 'smma',
  title: "Smoothed (Wilder's) moving average",
  group: 'average',
  inputs: ['value'],
  outputs: ['value'],
  params: { length: length(14) },
  unit: 'input',
  formula: 'y += (x − y) / n; first y = mean of n values',
  source: 'Wilder, New Concepts in Technical Trading Systems, 1978',
  warmup: (p) => p.length - 1,
  settle: (p) => p.length - 1 + settleBars(1 / p.length),
  create: (p) => new Smoothing(p.length, 1 / p.length),
});
