import { JournalError } from '../../ports/journal.ts';
import type { Call, World } from '../world.ts';
import { begunSessions, runningOf } from './known-sessions.ts';

/**
 * Warns of sessions that run with keys of this account which the vault has no more: they keep what they began with until they are started again, and
 * must not lose it at the venue before. Never rejects for what cannot be read of sessions: the keys are changed already.
 */
export async function warnOfSessions(account: string, world: World, { warn }: Pick<Call, 'warn'>): Promise<void> {
  try {
    const { sessions } = await begunSessions(world);
    const own = sessions.filter(({ about }) => about.account?.id === account);
    const names = (await runningOf(own, world)).map(({ name }) => name);
    if (names.length === 0) return;
    warn({
      code: 'session-has-old-keys',
      message: `session ${names.join(', ')} runs with the old keys until it is started again`,
      hint: 'End it and start it again before the old keys are deleted at the venue: without them it neither cancels nor closes.',
    });
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
    warn({
      code: 'session-has-old-keys',
      message: `whether a session runs with the old keys cannot be told: ${error.message}`,
      hint: 'tradewright status says which sessions run, once it can.',
    });
  }
}
