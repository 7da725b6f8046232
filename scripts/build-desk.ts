import { existsSync, globSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Builds the desk into `dist/web` where that is older than what it is made of. */
const root = join(import.meta.dirname, '..');
const SOURCES = [
  'web/**/*.{ts,tsx,css,html,svg}',
  'src/api/*.ts',
  'src/api/{client,operations,websocket}/*.ts',
  'src/core/vocabulary/*.ts',
  'package-lock.json',
];

function isStale(): boolean {
  const built = join(root, 'dist/web/index.html');
  if (!existsSync(built)) return true;
  const builtMs = statSync(built).mtimeMs;
  return globSync(SOURCES, { cwd: root }).some((file) => statSync(join(root, file)).mtimeMs > builtMs);
}

if (isStale()) {
  console.error('building the desk (once) …');
  const { build } = await import('vite');
  await build({ configFile: join(root, 'web/vite.config.ts'), logLevel: 'warn' });
}
