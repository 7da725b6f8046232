/** Every row, in the order printed. Each is the file of its name in `rows/`. */
export const ROWS = [
  'engine-sma-cross',
  'engine-order-every-bar',
  'engine-cold',
  'engine-allocation',
  'engine-many',
  'indicator-sma',
  'indicator-ema',
  'indicator-rsi',
  'indicator-atr',
  'indicator-bollinger',
  'indicator-macd',
  'roll-up-5-timeframes',
  'trades-to-1m',
  'catalogue-load-1m',
  'npm-start',
  'backtest-58419-bars',
] as const;
