import type { OutputOf } from '../../../../src/api/client/client.ts';
import { useAnswer } from '../../desk/use-view.ts';

type Told = OutputOf<'runs result'>;
/** Only runs of several strategies have parts by strategy. */
export type Result = { readonly [K in Exclude<keyof Told, 'byStrategy'>]-?: Exclude<Told[K], undefined> } & Pick<
  Told,
  'byStrategy'
>;
export type RoundTrip = Result['trades'][number];

/** Everything that a run came to; it does not change any more. */
export function useResult(run: string | null) {
  const view = useAnswer(
    run === null ? null : 'runs result',
    { run: run ?? '' },
    { staleMs: Number.POSITIVE_INFINITY },
  );
  // Asked without naming parts, all of them are there.
  return view as typeof view &
    ({ readonly phase: 'there'; readonly data: Result } | { readonly phase: 'loading' | 'problem' });
}
