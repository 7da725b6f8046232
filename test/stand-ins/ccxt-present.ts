import { createRequire } from 'node:module';

function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}

/** For `{ skip }`: ccxt is an optional dependency, which an installation may leave out. */
export const CCXT_ABSENT: string | false = isInstalled('ccxt') ? false : 'client absent: ccxt';

/** ccxt where it is there; only for tests that {@link CCXT_ABSENT} guards. */
export async function loadCcxt(): Promise<typeof import('ccxt')['default']> {
  return CCXT_ABSENT === false ? (await import('ccxt')).default : (undefined as never);
}
