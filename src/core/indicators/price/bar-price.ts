import { defineIndicator } from '../indicator.ts';

/** (high + low + close) / 3. */
export const typicalPrice = defineIndicator({
  name: 'typical-price',
  title: 'Typical price',
  group: 'price',
  inputs: ['high', 'low', 'close'],
  outputs: ['value'],
  params: {},
  unit: 'price',
  formula: '(high + low + close) / 3',
  source: 'TA-Lib TYPPRICE',
  warmup: () => 0,
  create: () => ({ next: (high, low, close) => (high + low + close) / 3 }),
});

/** (high + low) / 2. */
export const medianPrice = defineIndicator({
  name: 'median-price',
  title: 'Median price',
  group: 'price',
  inputs: ['high', 'low'],
  outputs: ['value'],
  params: {},
  unit: 'price',
  formula: '(high + low) / 2',
  source: 'TA-Lib MEDPRICE',
  warmup: () => 0,
  create: () => ({ next: (high, low) => (high + low) / 2 }),
});

/** (high + low + 2 close) / 4. */
export const weightedClose = defineIndicator({
  name: 'weighted-close',
  title: 'Weighted close price',
  group: 'price',
  inputs: ['high', 'low', 'close'],
  outputs: ['value'],
  params: {},
  unit: 'price',
  formula: '(high + low + 2 · close) / 4',
  source: 'TA-Lib WCLPRICE',
  warmup: () => 0,
  create: () => ({ next: (high, low, close) => (high + low + close * 2) / 4 }),
});

/** (open + high + low + close) / 4. */
export const averagePrice = defineIndicator({
  name: 'average-price',
  title: 'Average price',
  group: 'price',
  inputs: ['open', 'high', 'low', 'close'],
  outputs: ['value'],
  params: {},
  unit: 'price',
  formula: '(open + high + low + close) / 4',
  source: 'TA-Lib AVGPRICE',
  warmup: () => 0,
  create: () => ({ next: (open, high, low, close) => (open + high + low + close) / 4 }),
});
