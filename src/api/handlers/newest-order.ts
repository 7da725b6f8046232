import { openOrdersOf } from '../../session/session-view.ts';
import { Failure } from '../failures.ts';
import type { World } from '../world.ts';
import type { BegunSession } from './known-sessions.ts';
import { readSession } from './session-reader.ts';

/** The client order id of the order that a session opened last, of those that are open. Throws {@link Failure} `order-unknown` where none is. */
export async function newestOrder(session: BegunSession, world: World): Promise<string> {
  const open = openOrdersOf((await readSession(session, world)).core);
  if (open.length === 0) throw new Failure('order-unknown', `session ${session.name} has no open order`);
  return open.reduce((a, b) => (b.timeMs >= a.timeMs ? b : a)).order;
}
