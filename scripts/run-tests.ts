import { type SpawnSyncOptions, spawnSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { EXPECTED_SKIPS } from '../test/expected-skips.ts';

const LONGEST_BUILD_MS = 600_000;

/**
 * Runs every test in one process. A person sees skips by name; under CI=true a skip that `test/expected-skips.ts` does not name
 * fails the run, so that nothing is silently left out.
 */
const root = join(import.meta.dirname, '..');
process.chdir(root);
const isCi = process.env['CI'] === 'true';
// Some tests need a system package; only CI, as root, may install one.
const absent = ['chromium', 'redis-server'].filter((each) => !existsSync(`/usr/bin/${each}`));
if (globSync('/usr/lib/postgresql/*/bin/postgres').length === 0) absent.push('postgresql');
if (!existsSync('/usr/bin/java')) absent.push('openjdk-17-jre-headless');
if (!existsSync('/usr/bin/mvn')) absent.push('maven');
if (isCi && process.getuid?.() === 0 && absent.length > 0) {
  // In runlevel 1 no package starts what it installs: tests start their own.
  const options: SpawnSyncOptions = { stdio: ['ignore', 2, 2], env: { ...process.env, RUNLEVEL: '1' } };
  spawnSync('apt-get', ['update', '-qq'], options);
  for (const each of absent) spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', each], options);
}
// A minute and a half, once a machine, and only where Go is. Without it, tests of MongoDB are skipped by name.
if (isCi)
  spawnSync('sh', [join(root, 'scripts/build-ferretdb.sh')], { stdio: ['ignore', 2, 2], timeout: LONGEST_BUILD_MS });
// Some ten seconds, once a machine. Without it, tests of Kafka are skipped by name.
if (isCi)
  spawnSync('sh', [join(root, 'scripts/fetch-kafka.sh')], { stdio: ['ignore', 2, 2], timeout: LONGEST_BUILD_MS });

const patterns = process.argv.slice(2);
const files = globSync(patterns.length > 0 ? patterns : ['src/**/*.test.ts', 'test/**/*.test.ts']).map((f) =>
  join(root, f),
);
const unexpected: string[] = [];
let failed = 0;
const stream = run({ files, isolation: 'none', concurrency: 1 });
stream.on('test:fail', () => {
  failed++;
});
stream.on('test:pass', (event) => {
  if (event.skip === undefined || event.skip === false) return;
  const reason = String(event.skip);
  if (!EXPECTED_SKIPS.some((e) => e.test.test(event.name) || e.test.test(reason)))
    unexpected.push(`${event.name}: ${reason}`);
});
stream.on('end', () => {
  if (unexpected.length > 0) {
    console.log(
      `\n${unexpected.length} skips that test/expected-skips.ts does not name:\n  ${unexpected.join('\n  ')}`,
    );
    if (isCi) failed += unexpected.length;
  }
  process.exitCode = failed > 0 ? 1 : 0;
});
stream.compose(new spec()).pipe(process.stdout);
