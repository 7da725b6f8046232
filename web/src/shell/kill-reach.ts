import type { InputOf } from '../../../src/api/client/client.ts';
import { accountOf, type SessionLine, useCurrentSession, useSessions } from '../desk/current-session.ts';
import { sumOfSessions } from '../desk/sum-of-sessions.ts';
import { useStream } from '../desk/use-view.ts';
import { money } from '../format/numerals.ts';

export type Level = InputOf<'kill'>['level'];

/** The ladder: each level includes those before it. What it will do, in numbers of now. */
export const LADDER: readonly { readonly level: Level; readonly name: string; readonly does: (now: Now) => string }[] =
  [
    { level: 'pause', name: '1 · Pause', does: () => 'Strategies are paused. Orders and stops stay.' },
    {
      level: 'reduce',
      name: '2 · Reduce only',
      does: ({ positions }) => `Only orders that lower a position pass (${positions} open).`,
    },
    {
      level: 'halt',
      name: '3 · Halt',
      does: ({ orders }) => `No new order, no amendment. Cancels pass; ${orders} open orders stay.`,
    },
    {
      level: 'cancel-all',
      name: '4 · Cancel all',
      does: ({ orders }) => `All ${orders} open orders are canceled, protective stops included.`,
    },
    {
      level: 'flatten',
      name: '5 · Flatten',
      does: ({ positions, exposure }) => `All ${positions} positions${exposure} are closed at market.`,
    },
  ];

interface Now {
  readonly orders: string;
  readonly positions: string;
  readonly exposure: string;
}

export type Where = 'session' | 'system';

/** Whose orders and positions it reaches: all of one account's sessions, or all. Null while sessions are not known. */
export function useReach(where: Where): readonly SessionLine[] | null {
  const view = useSessions();
  const current = useCurrentSession();
  if (view.phase !== 'there') return null;
  if (where === 'system') return view.data.sessions;
  return current === null ? [] : view.data.sessions.filter((each) => accountOf(each) === accountOf(current));
}

/** Figures of now of everything that is reached. One that has ended on paper has nothing that could be closed. */
export function useFigures(where: Where, reach: readonly SessionLine[] | null): Now {
  const current = useCurrentSession();
  const book = useStream(
    where === 'session' && current !== null ? 'status' : null,
    { session: current?.session ?? '', follow: true },
    { isNeverFrozen: true },
  );
  if (reach === null) return { orders: '(not known)', positions: '(not known)', exposure: '' };
  const alive = reach.filter(({ running, account }) => running || account !== null);
  const held = book.phase === 'there' && alive.length === 1 ? book.data.book : null;
  return {
    orders: sumOfSessions(alive, ({ openOrders }) => openOrders),
    positions: sumOfSessions(alive, ({ positions }) => positions),
    exposure:
      held === null
        ? ''
        : ` (${money(held.positions.reduce((all, { quantity, price }) => all + Math.abs(Number(quantity) * price), 0))} ${held.currency})`,
  };
}

/** Which sessions that is, in a sentence. */
export function reachText(reach: readonly SessionLine[] | null): string {
  if (reach === null) return 'Which sessions it reaches is not known now; it reaches all that there are.';
  const running = reach.filter(({ running: isRunning }) => isRunning).map(({ session }) => session);
  return running.length === 0
    ? 'No session runs there; it holds for those that come.'
    : `Reaches ${running.join(', ')}${running.length === 1 ? '' : `: ${running.length} sessions that run`}.`;
}
