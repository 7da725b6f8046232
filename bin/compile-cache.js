// Plain JavaScript that any Node since 20.19 reads.
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * The folder where what was read and compiled is kept from one start to the next: NODE_COMPILE_CACHE, or one of the user's own; null where there is
 * none. Never the folder for temporary files, which Node would take: whoever writes into it first would choose the code that trades here.
 */
export function compiledFolder() {
  const { NODE_COMPILE_CACHE, LOCALAPPDATA, XDG_CACHE_HOME } = process.env;
  if (NODE_COMPILE_CACHE) return NODE_COMPILE_CACHE;
  try {
    const caches = (process.platform === 'win32' && LOCALAPPDATA) || XDG_CACHE_HOME || join(homedir(), '.cache');
    const folder = join(caches, 'tradewright', 'compiled');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return folder;
  } catch {
    // No home, or one that cannot be written: everything is compiled anew, as on the first start.
    return null;
  }
}
