// Plain JavaScript that any Node since 20.19 reads: finds a Node that can run a program of this package, and the program.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as modules from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { compiledFolder } from './compile-cache.js';

const LEAST_NODE = 24;
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const isInstalled = root.split(/[\\/]/).includes('node_modules');

/** The Node that npm installed beside this package, wherever it put it. */
function pinnedNode() {
  try {
    const manifest = modules.createRequire(import.meta.url).resolve('node/package.json');
    for (const name of ['node', 'node.exe']) {
      const path = join(dirname(manifest), 'bin', name);
      if (existsSync(path)) return path;
    }
  } catch {
    // Not installed: told below.
  }
  return null;
}

function run(node, entry) {
  const compiled = compiledFolder();
  const env = { ...process.env, ...(compiled === null ? {} : { NODE_COMPILE_CACHE: compiled }) };
  // The channel says nothing: it ends with this process, however that ends, and the program with it (`src/cli/lost-launcher.ts`).
  const child = spawn(node, [entry, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env,
  });
  child.channel?.unref();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`tradewright: cannot start ${node}: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0);
  });
}

/** In the repository the desk is built where somebody is going to look at it; a server says so itself where that failed. */
function buildDesk(node) {
  spawnSync(node, [join(root, 'scripts', 'build-desk.ts')], { cwd: root, stdio: ['ignore', 2, 2] });
}

/**
 * Keeps what was read and compiled, for the next start and for the threads of this one, from the first file on. It is more than a start that is
 * sooner: Node takes the types out of a file with a WebAssembly module whose memory grows, and V8 then looks at every access of a typed array
 * whether its memory was taken away: a backtest takes a sixth longer. What is kept needs no taking out.
 */
function keepCompiled() {
  const folder = compiledFolder();
  if (folder === null) return;
  const kept = modules.enableCompileCache?.(folder);
  if (kept?.status === modules.constants.compileCacheStatus.ENABLED) process.env.NODE_COMPILE_CACHE = kept.directory;
}

/** Runs `src/<name>.ts` in the repository, `dist/<name>.js` where it is installed. */
export async function runProgram(name) {
  const source = join(root, 'src', `${name}.ts`);
  const entry = existsSync(source) && !isInstalled ? source : join(root, 'dist', `${name}.js`);
  const isNew = Number.parseInt(process.versions.node, 10) >= LEAST_NODE;
  const node = isNew ? process.execPath : pinnedNode();
  if (entry === source && node !== null && process.argv[2] === 'serve') buildDesk(node);
  if (!existsSync(entry)) {
    console.error(
      `tradewright: ${entry} is not there. In the repository run npm run build; else install the package again.`,
    );
    process.exitCode = 1;
  } else if (isNew) {
    keepCompiled();
    await import(pathToFileURL(entry).href);
  } else if (node !== null) {
    run(node, entry);
  } else {
    console.error(
      `tradewright needs Node ${LEAST_NODE} or later; this is ${process.versions.node}, and the Node that comes with the package is missing.`,
    );
    console.error(
      'Install Node 24, or run npm install again without --ignore-scripts (npm approve-builds node may be needed).',
    );
    process.exitCode = 1;
  }
}
