#!/usr/bin/env node
// Plain JavaScript on purpose: it runs on whatever Node the machine has, installs what is missing (the pinned Node included) and
// hands over to it. Used by `npm start`, `npm test` and `npm run bench`.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compiledFolder } from './compile-cache.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const pinned = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/** Whether node_modules holds exactly what the lock file names. */
function isInstalled() {
  const stamp = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(stamp) || !existsSync(pinned)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const found = JSON.parse(readFileSync(stamp, 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, entry]) => path === '' || entry.optional || entry.link || found[path]?.version === entry.version,
  );
}

function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (result.error) {
    process.stderr.write(`could not run ${command}: ${result.error.message}\n`);
    process.exit(1);
  }
  return result.status ?? 1;
}

if (!isInstalled()) {
  process.stderr.write('installing dependencies (once) …\n');
  // Everything npm says goes to stderr, so that stdout stays data.
  const npm = process.env.npm_execpath;
  const [command, first] = npm ? [process.execPath, [npm]] : ['npm', []];
  const status = run(command, [...first, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0 || !existsSync(pinned)) {
    process.stderr.write(
      'npm ci did not finish: see above. Tradewright needs Node >= 20.19, npm and the package registry once.\n',
    );
    process.exit(status || 1);
  }
}

const [task = 'start', ...rest] = process.argv.slice(2);
const tasks = {
  start: ['src/main.ts', 'demo'],
  check: ['scripts/check.ts'],
  bench: ['--expose-gc', 'bench/run.ts'],
};
const args = tasks[task];
if (!args) {
  process.stderr.write(`unknown task ${task}; expected one of ${Object.keys(tasks).join(', ')}\n`);
  process.exit(2);
}
const isWatched =
  task === 'start' && rest.length === 0 && process.stdin.isTTY === true && process.stdout.isTTY === true;
// What was compiled is kept from the first file on: see keepCompiled() in run-program.js.
const compiled = compiledFolder();
const env = {
  ...process.env,
  ...(compiled === null ? {} : { NODE_COMPILE_CACHE: compiled }),
  PATH: `${dirname(pinned)}:${process.env.PATH}`,
};
// The desk is built where somebody is going to look at it; its words are no data.
const built =
  isWatched || task === 'check' ? run(pinned, ['scripts/build-desk.ts'], { env, stdio: ['ignore', 2, 2] }) : 0;
const status = built === 0 ? run(pinned, [...args, ...rest], { env }) : built;
// Somebody is there to look: go on with a server and a paper session that can be operated.
process.exit(isWatched && status === 0 ? run(pinned, ['src/main.ts', 'serve', '--demo'], { env }) : status);
