import type { Market } from './market.ts';

/** Whose price an order takes; the deeper OPPONENT levels were removed in October 2025. */
export const PRICE_MATCHES = ['NONE', 'OPPONENT', 'OPPONENT_5', 'QUEUE', 'QUEUE_5', 'QUEUE_10', 'QUEUE_20'] as const;
export type PriceMatch = (typeof PRICE_MATCHES)[number];

/** Price of the n-th level of the other side (OPPONENT) or of the order's own (QUEUE); 0 where the book has no such level. */
export function matchedTicks(market: Market, side: number, match: string): number {
  const [whose, level] = match.split('_');
  const depth = Number(level ?? 1);
  const levels = market.book.levels(whose === 'QUEUE' ? side : -side, depth);
  return levels.length < depth ? 0 : levels[depth - 1]!.ticks;
}
