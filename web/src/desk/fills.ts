import type { UpdateOf } from '../../../src/api/client/client.ts';
import { useCurrentSession } from './current-session.ts';
import { useMoment } from './moment.ts';
import type { View } from './streams.ts';
import { useAnswer, useFolded } from './use-view.ts';

export type FillLine = UpdateOf<'fills'>['fills'][number];

const MOST = 100_000;

function appended(known: readonly FillLine[] | null, { fills }: UpdateOf<'fills'>): readonly FillLine[] {
  return known === null ? fills : [...known.slice(-(MOST - fills.length)), ...fills];
}

/** Newest fills of the session that is looked at, oldest first, with those that come. */
export function useFills(limit: number): View<readonly FillLine[]> {
  const current = useCurrentSession();
  const { at } = useMoment();
  const session = current?.session ?? '';
  const now = useFolded(
    current === null || at !== null ? null : 'fills',
    { session, limit, follow: true },
    appended,
    'appended',
  );
  const then = useAnswer(current === null || at === null ? null : 'fills', {
    session,
    limit,
    ...(at === null ? {} : { at }),
  });
  if (at === null) return now;
  return then.phase === 'there' ? { ...then, data: then.data.fills } : then;
}
