import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { InputOf } from '../../../../src/api/client/client.ts';
import type { ProblemError } from '../../../../src/api/client/problem.ts';
import { type DryRun, tryOut } from '../../desk/dry-run.ts';
import { problemOf } from '../../desk/streams.ts';
import { usePaused } from '../../desk/use-paused.ts';

const REFUSED_AGAIN_MS = 5_000;
const AGAIN_MS = 30_000;

export interface Verdict {
  /** Of what is written now, or a moment ago; null before the first. */
  readonly answer: DryRun | null;
  readonly problem: ProblemError | null;
  /** Whether the answer or the problem is that of what is written now. */
  readonly isCurrent: boolean;
  /** An answer is on its way, the first one or a newer one. */
  readonly isAsking: boolean;
  readonly again: () => void;
}

/** What risk would say of an order, asked as it is written. Null for the order: nothing to ask yet. */
export function useDryRun(order: InputOf<'order place'> | null): Verdict {
  const written = order === null ? null : JSON.stringify(order);
  const asked = usePaused(written);
  const query = useQuery({
    queryKey: ['order place', 'dry run', asked],
    queryFn: ({ signal }) => tryOut('order place', JSON.parse(asked!) as InputOf<'order place'>, signal),
    enabled: asked !== null,
    placeholderData: keepPreviousData,
    staleTime: 5_000,
    // What was refused may pass in a moment, as when indicators have settled.
    refetchInterval: ({ state }) =>
      state.error !== null ? false : state.data?.allowed === true ? AGAIN_MS : REFUSED_AGAIN_MS,
  });
  return {
    answer: asked === null ? null : (query.data ?? null),
    problem: asked === null || query.error === null ? null : problemOf(query.error),
    isCurrent: written === asked && !query.isPending && !query.isPlaceholderData,
    isAsking: written !== asked || query.isFetching,
    again: () => void query.refetch(),
  };
}
