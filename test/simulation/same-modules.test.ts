import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, test } from 'node:test';

const root = join(import.meta.dirname, '../..');

/** Modules that a file imports, now or later, from the root; packages are left out. */
function importsOf(file: string): string[] {
  const statement = /\bfrom\s*['"](\.[^'"\n]+)['"]|\bimport\s*\(?\s*['"](\.[^'"\n]+)['"]/g;
  return [...readFileSync(join(root, file), 'utf8').matchAll(statement)]
    .map(([, from, dynamic]) => relative(root, join(root, dirname(file), (from ?? dynamic)!)))
    .filter((target) => existsSync(join(root, target)));
}

/** Everything that a module consists of. */
function reachableFrom(entry: string): ReadonlySet<string> {
  const seen = new Set([entry]);
  for (const file of seen) for (const target of importsOf(file)) seen.add(target);
  return seen;
}

const program = reachableFrom('src/main.ts');
const simulation = reachableFrom('test/simulation/world.ts');

/** What a simulation is about: it must be the very code that trades. */
const SAME = [
  'src/adapters/binance/spot-gateway.ts',
  'src/adapters/binance/usdm-gateway.ts',
  'src/adapters/binance/user-data.ts',
  'src/connectivity/rest-caller.ts',
  'src/connectivity/rate-limiter.ts',
  'src/connectivity/supervisor.ts',
  'src/connectivity/venue-clock.ts',
  'src/core/engine/engine.ts',
  'src/durability/held-lease.ts',
  'src/durability/journal-writer.ts',
  'src/durability/stored-journals.ts',
  'src/session/account-keeper.ts',
  'src/session/fate-search.ts',
  'src/session/live-account.ts',
  'src/session/order-sender.ts',
  'src/session/replay-journal.ts',
  'src/session/session.ts',
  'src/session/session-snapshot.ts',
];

describe('simulation', () => {
  test('modules: adapters, journal and recovery -> those of the program, and nothing that it does not have', () => {
    for (const file of SAME) {
      assert.ok(program.has(file), `the program does not consist of ${file}`);
      assert.ok(simulation.has(file), `the simulation does not consist of ${file}`);
    }
    assert.deepEqual(
      [...simulation].filter((file) => file.startsWith('src/') && !program.has(file)),
      [],
    );
  });

  test('replaced: only transport, clock, disk, leases and the feed of bars', () => {
    const ports = globSync('test/simulation/*.ts', { cwd: root })
      .filter((file) => !file.endsWith('.test.ts'))
      .flatMap((file) => importsOf(file).filter((target) => target.startsWith('src/ports/')));
    assert.deepEqual([...new Set(ports)].sort(), [
      'src/ports/clock.ts',
      // What a life uses of the gateway and of errors is types alone.
      'src/ports/exchange-gateway.ts',
      'src/ports/journal.ts',
      'src/ports/lease.ts',
      'src/ports/market-feed.ts',
      'src/ports/transport.ts',
      'src/ports/venue-error.ts',
    ]);
    const classes = globSync('test/simulation/*.ts', { cwd: root }).flatMap((file) => [
      ...readFileSync(join(root, file), 'utf8').matchAll(/\bimplements (\w+)/g),
    ]);
    assert.deepEqual(
      classes.map(([, port]) => port).filter((port) => !['Clock', 'MarketFeed'].includes(port!)),
      [],
    );
  });

  test('auditor: reads the log of the venue and the journal -> shares no code with what it audits', () => {
    const files = globSync('test/simulation/auditor/*.ts', { cwd: root }).filter((file) => !file.endsWith('.test.ts'));
    assert.ok(files.length >= 4);
    for (const file of files)
      for (const target of importsOf(file))
        assert.ok(
          target.startsWith('test/simulation/auditor/') || target === 'test/simulation/venue-log.ts',
          `${file} imports ${target}`,
        );
    assert.deepEqual(importsOf('test/simulation/venue-log.ts'), ['src/core/vocabulary/json.ts']);
    assert.match(readFileSync(join(root, 'test/simulation/venue-log.ts'), 'utf8'), /import type \{ Json \}/);
  });
});
