import { useMemo } from 'react';
import { type Book, useBook } from '../../desk/current-session.ts';
import { quantity } from '../../format/numerals.ts';
import type { LevelLine } from '../../parts/price-chart/shape.ts';

type Order = Book['openOrders'][number];

const tokenOf = ({ role }: Order): string =>
  role === 'stop' || role === 'trail' ? 'bad' : role.includes('target') ? 'good' : 'accent';

/** Orders that wait and the average price of what is held, as lines. `turn` makes them anew, as they are. */
export function useOrderLines(instrument: string | null, isMovable: boolean, turn: number): readonly LevelLine[] {
  const view = useBook();
  const book = view.phase === 'there' ? view.data.book : null;
  const orders = book?.openOrders.filter((order) => order.instrument === instrument) ?? [];
  const held = book?.positions.find((position) => position.instrument === instrument);
  const key = JSON.stringify([orders, held?.quantity, held?.averagePrice]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says all of it; lines that are the same stay the same.
  return useMemo(() => {
    const lines = orders.flatMap((order): LevelLine[] => {
      const price = Number(order.limit ?? order.trigger);
      if (order.limit === null && order.trigger === null) return [];
      const what = order.role === 'entry' ? order.type : order.role;
      return [
        {
          id: order.order,
          price,
          title: `${order.side} ${quantity(order.quantity)} ${what}`,
          token: tokenOf(order),
          // What follows the market by itself has no price to be moved to.
          isMovable: isMovable && order.role !== 'trail',
        },
      ];
    });
    if (held === undefined) return lines;
    const title = `held ${quantity(held.quantity, { isSigned: true })}`;
    return [...lines, { id: 'held', price: held.averagePrice, title, token: 'soft', isMovable: false }];
  }, [key, isMovable, turn]);
}
