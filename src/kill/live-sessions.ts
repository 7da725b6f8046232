import { z } from 'zod';
import { orderSession } from '../core/execution/client-order-id.ts';
import type { TimeMs } from '../core/vocabulary/time.ts';
import type { JournalHeader, Journals } from '../ports/journal.ts';
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

/** `unread`: of each journal that may be of a live session, and does not say how it began, its name and why. */
export interface LiveSessions {
  /** The newest first. Those too whose records are damaged, as what they began with says which account is meant. */
  readonly sessions: readonly LiveSession[];
  readonly unread: readonly { readonly name: string; readonly why: string }[];
}

/** Rejects with JournalError. */
export async function liveSessions(journals: Journals): Promise<LiveSessions> {
  const { journals: whole, unreadable } = await journals.list();
  const begun = [...whole, ...unreadable.flatMap((each) => each.begun ?? [])];
  const sessions = begun.flatMap((each) => liveSession(each) ?? []);
  const unread = unreadable
    // One that was broken off before its beginning was written has sent nothing.
    .filter((each) => each.begun === null && each.error.code !== 'absent')
    .map(({ session, error }) => ({ name: session, why: error.message }));
  return { sessions: sessions.sort((a, b) => b.begunAtMs - a.begunAtMs), unread };
}

/** Null for one without an account. */
function liveSession({ session, about, createdAtMs }: JournalHeader): LiveSession | null {
  const parsed = aboutSchema.safeParse(about);
  if (!parsed.success) return null;
  const { account, feeds, strategy } = parsed.data;
  const pairs = feeds.map(({ instrument: { id, base } }) => ({ id, symbol: id.slice(id.indexOf(':') + 1), base }));
  const orderIds = orderSession(session, true);
  return { name: session, orderIds, account, strategy, pairs, begunAtMs: createdAtMs };
}
