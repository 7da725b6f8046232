/** Skips that are known and reasoned. Matched against a test's name or its skip message. */
export const EXPECTED_SKIPS: readonly { readonly test: RegExp; readonly reason: string }[] = [
  { test: /^shared data absent/, reason: 'reference data is not part of the project; the message says which file' },
  { test: /^ccxt is not installed/, reason: 'an optional dependency' },
  { test: /^chromium absent/, reason: 'only CI installs a browser' },
  { test: /^redis-server absent/, reason: 'only CI installs a Redis' },
  { test: /^client absent: ccxt$/, reason: 'an optional dependency, which an installation may leave out' },
  { test: /^venue has no /, reason: 'what a venue cannot do is emulated by the engine; the message says what it is' },
  { test: /^PostgreSQL absent/, reason: 'only CI installs a database' },
  {
    test: /^FerretDB absent/,
    reason: 'built from Go sources by scripts/build-ferretdb.sh; MongoDB itself is in no registry we use',
  },
  { test: /^keeps nothing beyond the process$/, reason: 'the memory store is no store on disk' },
  { test: /^opens a position although the account/, reason: 'vectorbt lends without margin' },
  { test: /^a stop covers as much of a short/, reason: 'vectorbt stops a part of a short' },
  { test: /^a short trailed by 100 %/, reason: 'vectorbt trails by more than the price' },
  { test: /^arguments without a counterpart/, reason: 'vectorbt options that nothing tradable corresponds to' },
  { test: /^custom stop loss/, reason: 'freqtrade case whose function is not in the data' },
  {
    test: /^trailing stop raised and hit within one candle/,
    reason: 'freqtrade raises a trail at the high and hits it at the low of one candle',
  },
  { test: /^minimal_roi has a step inside a candle/, reason: 'freqtrade fills between candles' },
  { test: /^limit order on the far side/, reason: 'freqtrade gives a limit a worse price than the open' },
  { test: /^no script for the strategy/, reason: 'backtesting.py case described in words that are not known' },
  { test: /^functions of angles say nothing/, reason: 'Tulip functions that are not offered' },
  { test: /^Tulip replaces the factors/, reason: 'Tulip MACD 12/26 uses other factors' },
];
