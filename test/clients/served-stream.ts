import type { Product } from '../../src/local-exchange/product.ts';

export type ProductName = Product['name'];

const OF_A_STREAM: readonly (readonly [RegExp, string])[] = [
  [/^btcusdt_perpetual@/, '<pair>_perpetual@'],
  [/^btcusdt@/, '<symbol>@'],
  [/([kK]line)_1m/, '$1_<interval>'],
  [/@\+08:00$/, '@<zone>'],
  [/ticker_1h/, 'ticker_<window>'],
];

/** A stream's name as the table of what is served has it. */
export function servedStream(product: ProductName, name: string): string {
  const levels = product === 'spot' ? 'depth<levels>' : 'depth<5|10|20>';
  return OF_A_STREAM.reduce((text, [from, to]) => text.replace(from, to), name.replace('depth5', levels));
}
