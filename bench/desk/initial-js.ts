import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

export const DESK = join(import.meta.dirname, '../../dist/web');

/** Scripts that the page of the desk loads at once, with their bytes as they are and compressed. */
export function initialScripts(): readonly { readonly file: string; readonly bytes: number; readonly gzip: number }[] {
  const page = readFileSync(join(DESK, 'index.html'), 'utf8');
  const files = [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+\.js)"/g)].map(([, file]) => file!);
  return files.map((file) => {
    const body = readFileSync(join(DESK, file));
    return { file, bytes: body.length, gzip: gzipSync(body, { level: 9 }).length };
  });
}
