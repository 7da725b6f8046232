import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { memoryEventBus } from '../../src/adapters/memory/event-bus.ts';
import { openSqliteState } from '../../src/adapters/sqlite/state-database.ts';
import { BusWatch } from '../../src/api/handlers/bus-watch.ts';
import type { World } from '../../src/api/world.ts';
import { storedRelayPositions } from '../../src/durability/stored-relay-positions.ts';
import { BusError, type EventBus } from '../../src/ports/event-bus.ts';
import { SimulatedClock } from '../simulated-world/clock.ts';
import { openScene } from './server-scene.ts';

test('metrics of the event bus: up, down, and how far sessions are behind, those that run alone', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tradewright-bus-watch-'));
  const clock = new SimulatedClock();
  const database = openSqliteState(join(folder, 'home.sqlite'), clock);
  const positions = storedRelayPositions(database);
  t.after(async () => {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  });
  let isUp = true;
  const ping = async (): Promise<void> => {
    if (!isUp) throw new BusError('unavailable', 'away');
  };
  const bus: EventBus = { ...memoryEventBus(), place: 'there', isShared: true, ping };
  const watch = new BusWatch({
    ...{ clock, eventBus: async () => bus, relayPositions: async () => positions },
  } as unknown as World);
  const scene = await openScene({ busFigures: () => watch.figures() });
  t.after(() => scene.close());
  const told = async (): Promise<string[]> =>
    (await scene.ask('/metrics')).text.split('\n').filter((line) => line.startsWith('tradewright_event_bus'));
  await positions.keep('there', 'dead@1', 5, 1_000);
  await clock.advance(61_000);
  await positions.keep('there', 'a@1', 10, 7);
  await positions.keep('there', 'b@1', 10, 4);
  await positions.keep('elsewhere', 'a@1', 0, 100);
  await watch.look();
  assert.deepEqual(await told(), ['tradewright_event_bus_up 1', 'tradewright_event_bus_behind_events 11']);
  isUp = false;
  await watch.look();
  assert.deepEqual(await told(), ['tradewright_event_bus_up 0', 'tradewright_event_bus_behind_events 11']);
});
