import { formatTime } from '../../core/vocabulary/time.ts';
import { runKill } from '../../kill/kill-run.ts';
import { type Alarm, Watchdog } from '../../kill/watchdog.ts';
import { Failure } from '../failures.ts';
import type { Input, Output } from '../operations/table.ts';
import type { WatchdogUpdate } from '../operations/watchdog.ts';
import type { Call, World } from '../world.ts';
import { findConnection, usableAccounts } from './find-connection.ts';
import { guardMemory } from './open-account.ts';
import { pause } from './pause.ts';

const LOOK_MS = 1_000;
/** Alarms that the end tells again. */
const TOLD_ALARMS = 1_000;

/** Watches over live sessions until it is ended. */
export async function watchdog(input: Input<'watchdog'>, world: World, call: Call): Promise<Output<'watchdog'>> {
  const { account, all, policy, grace, seconds } = input;
  if ((account !== undefined) === all)
    throw new Failure('input-invalid', 'account: expected --account or --all, found both or neither', {
      details: { field: 'account' },
    });
  const { clock } = world;
  // Who cannot open the vault when it is needed is told so now.
  const vault = await world.vaults.open(call.askSecret);
  const info = account === undefined ? null : await findConnection(vault, account);
  const known = (await usableAccounts(vault)).filter(({ id }) => (info?.id ?? id) === id);
  if (known.length === 0)
    call.warn({
      code: 'watchdog-watches-nobody',
      message: 'no account is kept in this home: there is nobody to watch over',
      hint: 'See --home, or add one with tradewright account add and start the watchdog again.',
    });
  for (const { id, environment } of known) {
    await guardMemory(environment, world, call);
    await vault.keys(id);
  }
  const killing = world.killWorld(call.askSecret);
  const dog = new Watchdog({
    ...{ policy, graceMs: grace * 1000, clock, open: () => world.heartbeats() },
    isMeant: (row) => info === null || row.account === info.id,
    kill: (request) => runKill(request, { ...killing, actor: `watchdog of ${world.actor}` }, () => {}),
  });
  const startMs = clock.elapsedMs();
  const endMs = seconds === undefined ? Number.POSITIVE_INFINITY : startMs + seconds * 1000;
  const told: WatchdogUpdate['alarms'] = [];
  const linesOf = (alarms: readonly Alarm[]): WatchdogUpdate['alarms'] => {
    const lines = alarms.map((alarm) => ({ time: formatTime(clock.nowMs()), ...alarm }));
    told.push(...lines.slice(0, TOLD_ALARMS - told.length));
    return lines;
  };
  let sessions = 0;
  try {
    while (!call.stop.aborted && clock.elapsedMs() < endMs) {
      const { watched, alarms } = await dog.look();
      sessions = Math.max(sessions, watched.length);
      call.update({
        ...{ time: formatTime(clock.nowMs()), policy, alarms: linesOf(alarms) },
        sessions: watched.map(({ session, beats, orders, positions, silentMs }) => ({
          ...{ session, beats, orders, positions, silentMs: Math.round(silentMs) },
        })),
      } satisfies WatchdogUpdate);
      await pause(clock, LOOK_MS, call.stop);
    }
  } finally {
    const alarms = linesOf(await dog.close());
    const last = { time: formatTime(clock.nowMs()), policy, alarms, sessions: [] } satisfies WatchdogUpdate;
    if (alarms.length > 0) call.update(last);
  }
  return { policy, seconds: (clock.elapsedMs() - startMs) / 1000, sessions, alarms: told };
}
