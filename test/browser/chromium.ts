import { existsSync, globSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');
export const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((p) =>
  existsSync(p),
);

export const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
] as const;

/** Sources as a browser takes them: types stripped, `.ts` imports pointing to what is served. Nothing is bundled. */
export function browserScripts(...patterns: readonly string[]): Map<string, string> {
  const served = new Map<string, string>();
  for (const file of globSync([...patterns], { cwd: root })) {
    if (file.endsWith('.test.ts')) continue;
    const code = stripTypeScriptTypes(readFileSync(join(root, file), 'utf8'));
    served.set(
      `/${file.slice('src/'.length).replace(/\.ts$/, '.js')}`,
      code.replace(/(from\s*|import\s*\(?\s*)(['"])(\.[^'"]+)\.ts\2/g, '$1$2$3.js$2'),
    );
  }
  return served;
}
