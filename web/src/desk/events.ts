import type { UpdateOf } from '../../../src/api/client/client.ts';
import { useCurrentSession } from './current-session.ts';
import { useMoment } from './moment.ts';
import type { View } from './streams.ts';
import { useAnswer, useFolded } from './use-view.ts';

export type EventLine = UpdateOf<'events'>['events'][number];
type Fold = (known: readonly EventLine[] | null, update: UpdateOf<'events'>) => readonly EventLine[];

const MOST = 2_000;

const appended: Fold = (known, { events }) => [...(known ?? []), ...events].slice(-Math.max(MOST, events.length));

/**
 * Newest events of the session that is looked at, oldest first, with those that come. `fold`, a function that stays the same: what of them is
 * kept.
 */
export function useEvents(limit: number, fold: Fold = appended, foldName = 'appended'): View<readonly EventLine[]> {
  const current = useCurrentSession();
  const { at } = useMoment();
  const session = current?.session ?? '';
  const now = useFolded(
    current === null || at !== null ? null : 'events',
    { session, limit, follow: true },
    fold,
    foldName,
  );
  const then = useAnswer(current === null || at === null ? null : 'events', {
    session,
    limit,
    ...(at === null ? {} : { at }),
  });
  if (at === null) return now;
  return then.phase === 'there' ? { ...then, data: fold(null, then.data) } : then;
}
