import type { Client } from 'pg';
import type { Hints } from '../../ports/hints.ts';

const ANSWER_MS = 5_000;
/** After a connection was lost, or could not be had. */
const AGAIN_MS = 1_000;

/**
 * Hints among all who use one PostgreSQL database, by LISTEN and NOTIFY over one connection, which is opened with the first hint and anew where it is
 * lost. A hint is of less than 8,000 bytes. `channel` is of lower case letters, digits and `_`.
 */
export function postgresHints(url: string, channel: string): Hints {
  const listeners = new Set<(hint: string) => void>();
  let opening: Promise<Client | null> | null = null;
  let again: NodeJS.Timeout | undefined;
  let hasEnded = false;
  const lost = (): void => {
    opening = null;
    if (hasEnded || listeners.size === 0) return;
    clearTimeout(again);
    again = setTimeout(() => void connected(), AGAIN_MS).unref();
  };
  const open = async (): Promise<Client | null> => {
    const pg = (await import('pg')).default;
    const client = new pg.Client({
      ...{ connectionString: url, connectionTimeoutMillis: ANSWER_MS, query_timeout: ANSWER_MS },
      ...{ keepAlive: true, application_name: 'tradewright hints' },
    });
    let isOver = false;
    const over = (): void => {
      if (isOver) return;
      isOver = true;
      client.end().catch(() => undefined);
      lost();
    };
    client.on('error', over);
    client.on('end', over);
    client.on('notification', ({ payload = '' }) => {
      for (const listener of listeners) listener(payload);
    });
    try {
      await client.connect();
      await client.query(`listen ${channel}`);
      return client;
    } catch {
      over();
      return null;
    }
  };
  /** Null where there is no connection now: whoever waits looks by himself. */
  const connected = async (): Promise<Client | null> => {
    if (hasEnded) return null;
    opening ??= open();
    return opening;
  };
  return {
    tell(hint) {
      void connected().then(async (client) => {
        try {
          await client?.query('select pg_notify($1, $2)', [channel, hint]);
        } catch {
          // It would have been one in vain; a connection that is lost says so itself.
        }
      });
    },
    listen(listener) {
      listeners.add(listener);
      void connected();
      return () => void listeners.delete(listener);
    },
    async close() {
      hasEnded = true;
      clearTimeout(again);
      const client = await opening;
      await client?.end().catch(() => undefined);
    },
  };
}
