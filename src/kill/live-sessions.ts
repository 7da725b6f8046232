import { z } from 'zod';
import { orderSession } from '../core/execution/client-order-id.ts';
import type { TimeMs } from '../core/vocabulary/time.ts';
import type { Journals } from '../ports/journal.ts';
import { ENVIRONMENTS, type Environment } from '../ports/secret-vault.ts';

/** What of a live session's beginning matters here; the rest of it may be of any version. */
const aboutSchema = z.object({
  strategy: z.string(),
  account: z.object({ id: z.string(), venue: z.string(), environment: z.enum(ENVIRONMENTS) }),
  feeds: z.array(z.object({ instrument: z.object({ id: z.string(), kind: z.string().optional(), base: z.string() }) })),
});

/** A session that trades, or has traded, with an account, as its journal begins. */
export interface LiveSession {
  readonly name: string;
  /** What ids of its orders begin with. */
  readonly orderIds: string;
  readonly account: { readonly id: string; readonly venue: string; readonly environment: Environment };
  readonly strategy: string;
  /** `id`: `VENUE:SYMBOL`. */
  readonly pairs: readonly { readonly id: string; readonly symbol: string; readonly base: string }[];
  readonly begunAtMs: TimeMs;
}

/** The newest first. Rejects with JournalError. */
export async function liveSessions(journals: Journals): Promise<LiveSession[]> {
  const found: LiveSession[] = [];
  for (const { session, about, createdAtMs } of (await journals.list()).journals) {
    const parsed = aboutSchema.safeParse(about);
    if (!parsed.success) continue;
    const { account, feeds, strategy } = parsed.data;
    const pairs = feeds.map(({ instrument: { id, base } }) => ({ id, symbol: id.slice(id.indexOf(':') + 1), base }));
    const orderIds = orderSession(session, true);
    found.push({ name: session, orderIds, account, strategy, pairs, begunAtMs: createdAtMs });
  }
  return found.sort((a, b) => b.begunAtMs - a.begunAtMs);
}
