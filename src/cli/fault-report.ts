import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FailureDocument } from '../api/failures.ts';
import { packageVersion } from '../compose.ts';
import { readConfig } from '../config.ts';

/** Writes what is needed to find a fault to `<home>/faults`; null where that cannot be written. */
export function reportFault(
  fault: { readonly failure: FailureDocument; readonly stack: string },
  request: object,
  home: string | undefined,
): string | null {
  const now = new Date().toISOString();
  const path = join(readConfig({ home }).homePath, 'faults', `${now.replace(/[:.]/g, '-')}.json`);
  const document = {
    at: now,
    version: packageVersion(),
    node: process.versions.node,
    platform: process.platform,
    request,
    ...fault,
  };
  try {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, `${JSON.stringify(document, null, 2)}\n`);
    return path;
  } catch {
    return null;
  }
}
