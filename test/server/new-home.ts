import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A home of a test's own. */
export function newHome(): { readonly home: string; remove(): void } {
  const home = mkdtempSync(join(tmpdir(), 'tradewright-home-'));
  return { home, remove: () => rmSync(home, { recursive: true, force: true }) };
}
