import { type SpawnSyncOptions, spawnSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';

const LONGEST_BUILD_MS = 600_000;

/** Some tests need a system package, or a server that is in none; only CI, as root, may install one. Without it they are skipped by name. */
export function installForTests(root: string): void {
  const absent = ['chromium', 'redis-server'].filter((each) => !existsSync(`/usr/bin/${each}`));
  if (globSync('/usr/lib/postgresql/*/bin/postgres').length === 0) absent.push('postgresql');
  if (!existsSync('/usr/bin/java')) absent.push('openjdk-17-jre-headless');
  if (!existsSync('/usr/bin/mvn')) absent.push('maven');
  if (process.getuid?.() === 0 && absent.length > 0) {
    // In runlevel 1 no package starts what it installs: tests start their own.
    const options: SpawnSyncOptions = { stdio: ['ignore', 2, 2], env: { ...process.env, RUNLEVEL: '1' } };
    spawnSync('apt-get', ['update', '-qq'], options);
    for (const each of absent) spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', each], options);
  }
  const build: SpawnSyncOptions = { stdio: ['ignore', 2, 2], timeout: LONGEST_BUILD_MS };
  // A minute and a half, once a machine, and only where Go is: the server of the tests of MongoDB.
  spawnSync('sh', [join(root, 'scripts/build-ferretdb.sh')], build);
  // Some ten seconds, once a machine: Kafka.
  spawnSync('sh', [join(root, 'scripts/fetch-kafka.sh')], build);
}
