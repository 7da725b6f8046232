import type { EventBus } from '../../ports/event-bus.ts';
import type { Journal } from '../../ports/journal.ts';
import { JournalRelay } from '../../session/journal-relay.ts';
import type { SessionCore } from '../../session/session-core.ts';
import type { Call, World } from '../world.ts';

/** The relay of a session whose journal is open; null where no other program could hear it, as nobody in this one listens. */
export async function relayOf(
  of: { readonly name: string; readonly core: SessionCore },
  journal: Journal,
  bus: EventBus,
  world: World,
  call: Call,
): Promise<JournalRelay | null> {
  if (!bus.isShared) return null;
  const { name, core } = of;
  const info = (await (await world.journals()).list()).journals.find(({ session }) => session === name);
  return new JournalRelay({
    ...{ session: name, begunAtMs: info?.createdAtMs ?? world.clock.nowMs() },
    ...{ core, journal, bus, clock: world.clock },
    positions: () => world.relayPositions(),
    tell: ({ isBehind, events, reason }) =>
      call.warn(
        isBehind
          ? {
              code: 'event-bus-behind',
              message: `the event bus takes nothing, ${events} events wait: ${reason}`,
              hint: 'The session goes on. Everything is in its journal and is given to the bus when that is back.',
            }
          : {
              code: 'event-bus-caught-up',
              message: 'the event bus has everything again',
              hint: 'Nothing is to be done.',
            },
      ),
  });
}
