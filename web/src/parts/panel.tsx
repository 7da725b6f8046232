import { type ReactNode, useId, useState } from 'react';
import type { ProblemError } from '../../../src/api/client/problem.ts';
import { useConnection } from '../desk/connection.ts';
import { useMoment } from '../desk/moment.ts';
import type { View } from '../desk/streams.ts';
import { duration } from '../format/times.ts';
import { Badge } from './badge.tsx';
import { Button } from './button.tsx';
import { useTick } from './tick.ts';

interface PanelProps {
  readonly title: string;
  /** What the figures are in, beside the title. */
  readonly unit?: string;
  readonly actions?: ReactNode;
  readonly className?: string;
  readonly children: ReactNode;
  /** Tables and charts go to the edge. */
  readonly isFlush?: boolean;
  /** It shows how things stand now, also while the desk is set back in time; it says so then. */
  readonly isOfNow?: boolean;
}

/** A part of a page with a heading of its own. */
export function Panel({
  title,
  unit,
  actions,
  className = '',
  children,
  isFlush = false,
  isOfNow = false,
}: PanelProps) {
  const id = useId();
  const { at } = useMoment();
  return (
    <section aria-labelledby={id} className={`flex min-w-0 flex-col rounded-lg border bg-panel ${className}`}>
      <header className="flex min-h-10 flex-wrap items-center gap-x-2 gap-y-1 border-b px-3 py-1">
        <h2 id={id} className="font-semibold">
          {title}
        </h2>
        {unit === undefined ? null : <span className="min-w-0 text-xs text-soft">{unit}</span>}
        {isOfNow && at !== null ? <Badge tone="violet">as it is now</Badge> : null}
        {actions === undefined ? null : (
          <div className="ml-auto flex max-w-full flex-wrap items-center gap-2">{actions}</div>
        )}
      </header>
      <div className={`min-h-0 flex-1 ${isFlush ? '' : 'p-3'}`}>{children}</div>
    </section>
  );
}

interface ShownProps<T> {
  readonly view: View<T>;
  readonly children: (data: T) => ReactNode;
  /** Says whether there is nothing to show; {@link empty} is shown then. */
  readonly isEmpty?: (data: T) => boolean;
  /** Why there is nothing, and the next step. */
  readonly empty?: ReactNode;
  /** Asks again after a problem. */
  readonly again?: (() => void) | undefined;
  /** Lines of the skeleton. */
  readonly lines?: number;
  /** So often something new is expected; absent: whenever. Above twice of it the age is shown, above five times in red. */
  readonly expectedMs?: number;
}

/** What is known of something in one of its states: loading, nothing there, a problem, out of date, or as it is. */
export function Shown<T>({ view, children, isEmpty, empty, again, lines = 3, expectedMs }: ShownProps<T>) {
  if (view.phase === 'loading') return <Skeleton lines={lines} />;
  if (view.phase === 'problem') return <Problem problem={view.problem} again={again ?? view.again} />;
  const isNothing = isEmpty?.(view.data) === true;
  return (
    <>
      <Age
        receivedAtMs={view.receivedAtMs}
        expectedMs={expectedMs}
        problem={view.problem}
        again={again ?? view.again}
      />
      {isNothing ? (
        <div className="p-4 text-center text-soft">{empty ?? 'Nothing here yet.'}</div>
      ) : (
        children(view.data)
      )}
    </>
  );
}

/** In the geometry of what comes; it shows itself only where it takes a while. */
function Skeleton({ lines }: { readonly lines: number }) {
  return (
    <div role="status" className="space-y-2 p-3">
      <span className="sr-only">Loading</span>
      {Array.from({ length: lines }, (_, k) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines of nothing have no other name.
        <div key={k} className="h-5 animate-pulse rounded bg-raised" />
      ))}
    </div>
  );
}

/** A refusal as the server told it: code, sentence, what to do. */
export function Problem({
  problem,
  again,
}: {
  readonly problem: ProblemError;
  readonly again?: (() => void) | undefined;
}) {
  const isForbidden = problem.code === 'scope-missing' || problem.code === 'unauthenticated';
  const [isCopied, setCopied] = useState(false);
  const details = `${problem.code}: ${problem.message}\n${problem.hint}\n${problem.correlation ?? ''}`;
  return (
    <div role="alert" className="space-y-2 p-3">
      <p className="flex flex-wrap items-center gap-2">
        <Badge tone={isForbidden ? 'warn' : 'bad'}>
          {isForbidden ? 'not allowed: ' : ''}
          {problem.code}
        </Badge>
        <span className="min-w-0">{problem.message}</span>
      </p>
      {problem.hint === '' ? null : <p className="text-soft">{problem.hint}</p>}
      <p className="flex flex-wrap gap-2">
        {again === undefined ? null : (
          <Button size="small" onClick={again}>
            Try again
          </Button>
        )}
        <Button
          size="small"
          onClick={() =>
            void navigator.clipboard?.writeText(details).then(
              () => setCopied(true),
              () => setCopied(false),
            )
          }
        >
          {isCopied ? 'Copied' : 'Copy details'}
        </Button>
        <a className="self-center text-accent underline" href={`/docs#${problem.code}`}>
          What it means
        </a>
      </p>
    </div>
  );
}

interface AgeProps {
  readonly receivedAtMs: number;
  readonly expectedMs: number | undefined;
  readonly problem: ProblemError | undefined;
  readonly again: (() => void) | undefined;
}

/** How old it is, where that matters, and why nothing newer came. */
function Age({ receivedAtMs, expectedMs, problem, again }: AgeProps) {
  const { state } = useConnection();
  const nowMs = useTick();
  const isHeldUp = state === 'lost' || problem !== undefined;
  if (expectedMs === undefined && !isHeldUp) return null;
  const ageMs = nowMs - receivedAtMs;
  const isStale = isHeldUp || ageMs > 2 * (expectedMs ?? Number.POSITIVE_INFINITY);
  if (!isStale) return null;
  const isVeryStale = ageMs > 5 * (expectedMs ?? Number.POSITIVE_INFINITY);
  return (
    <p
      className={`flex flex-wrap items-center gap-x-2 px-3 py-1 text-xs ${isVeryStale ? 'bg-bad/15 text-bad' : 'bg-warn/15 text-warn'}`}
    >
      <span>
        {state === 'lost' ? 'Not connected: ' : 'Not up to date: '}as of {duration(ageMs)} ago
        {problem === undefined || state === 'lost' ? '' : `, since ${problem.message} (${problem.code})`}
      </span>
      {problem === undefined || again === undefined ? null : (
        <button type="button" className="underline" onClick={again}>
          Try again
        </button>
      )}
    </p>
  );
}
