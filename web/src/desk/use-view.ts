import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { useMemo, useSyncExternalStore } from 'react';
import type { InputOf, OperationName, OutputOf, StreamName, UpdateOf } from '../../../src/api/client/client.ts';
import { useMoment } from './moment.ts';
import { server } from './server.ts';
import { LOADING, problemOf, streamSource, type View } from './streams.ts';

const newest = <T>(_known: unknown, update: T): T => update;
const nothing = { subscribe: () => () => {}, view: () => LOADING };

/** Follows a stream whose updates each say it all. Null for the name: nothing yet. */
export function useStream<N extends StreamName>(
  name: N | null,
  input: InputOf<N>,
  { isNeverFrozen = false } = {},
): View<UpdateOf<N>> {
  return useFolded(name, input, newest, 'newest', isNeverFrozen);
}

/** Follows a stream, with what its updates come to by `fold`, a function that stays the same. */
export function useFolded<N extends StreamName, T>(
  name: N | null,
  input: InputOf<N>,
  fold: (known: T | null, update: UpdateOf<N>) => T,
  foldName: string,
  isNeverFrozen = false,
): View<T> {
  const key = JSON.stringify(input);
  const source = useMemo(
    () => (name === null ? nothing : streamSource(name, JSON.parse(key) as InputOf<N>, fold, foldName, isNeverFrozen)),
    [name, key, fold, foldName, isNeverFrozen],
  );
  return useSyncExternalStore(source.subscribe, source.view) as View<T>;
}

/** Asks once. Null for the name: nothing yet. */
export function useAnswer<N extends OperationName>(
  name: N | null,
  input: InputOf<N>,
  { staleMs = 5_000 }: { readonly staleMs?: number } = {},
): View<OutputOf<N>> & { readonly again: () => void } {
  const query = useQuery({
    queryKey: [name, input],
    queryFn: ({ signal }) => server.call(name as N, ...([input, { signal }] as never)),
    enabled: name !== null,
    staleTime: staleMs,
  });
  return viewOf(query as UseQueryResult<OutputOf<N>>);
}

/** An answer that is kept, with what went wrong since beside it. */
export function viewOf<T>(query: UseQueryResult<T>): View<T> & { readonly again: () => void } {
  const again = (): void => void query.refetch();
  const problem = query.error === null ? undefined : problemOf(query.error);
  if (query.data !== undefined)
    return { phase: 'there', data: query.data, receivedAtMs: query.dataUpdatedAt, problem, again };
  return problem === undefined ? { phase: 'loading', again } : { phase: 'problem', problem, again };
}

type Dated<N extends StreamName> = InputOf<N> & { readonly follow?: unknown; readonly at?: unknown };

/**
 * Something of a session: followed as it goes on or, while the desk is set back in time, as it stood then. The operation must know `--follow` and
 * `--at`.
 */
export function useSessionView<N extends StreamName>(name: N | null, input: Dated<N>): View<UpdateOf<N>> {
  const { at } = useMoment();
  const now = useStream(at === null ? name : null, { ...input, follow: true } as InputOf<N>);
  const then = useAnswer(at === null ? null : (name as OperationName | null), { ...input, at } as never, {
    staleMs: Number.POSITIVE_INFINITY,
  });
  return at === null ? now : (then as View<never>);
}
