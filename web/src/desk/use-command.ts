import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useRef, useState } from 'react';
import type { CallOptions, InputOf, OperationName, OutputOf } from '../../../src/api/client/client.ts';
import type { ProblemError } from '../../../src/api/client/problem.ts';
import { timeText } from '../format/times.ts';
import { tell } from '../parts/toasts.tsx';
import { readAppearance } from '../theme/appearance.ts';
import { isAffected } from './affected.ts';
import { forgetKey, isUnknown, keyOf } from './deed-keys.ts';
import { server } from './server.ts';
import { askPassword } from './step-up.ts';
import { problemOf } from './streams.ts';

export interface Command<N extends OperationName> {
  /** Carries it out; null where it was refused, which {@link problem} tells then. The same deed asked for twice is done once. */
  run(input: InputOf<N>): Promise<OutputOf<N> | null>;
  readonly isRunning: boolean;
  readonly problem: ProblemError | null;
  /** Where it is not known what became of the last one: forgets its key, so that the next is another deed. Else null. */
  readonly anew: (() => void) | null;
  clear(): void;
}

interface CommandOptions<N extends OperationName> {
  readonly done?: (output: OutputOf<N>) => string;
  readonly isQuiet?: boolean;
  /** Hears how far it is. */
  readonly progress?: (phase: string, done: number, total: number) => void;
}

/**
 * A command with its idempotency key, which is kept until it is known what became of the deed: neither a double click nor a lost answer nor
 * loading the page anew does a thing twice.
 */
export function useCommand<N extends OperationName>(
  name: N,
  { done, isQuiet = false, progress }: CommandOptions<N> = {},
): Command<N> {
  const queries = useQueryClient();
  const [isRunning, setRunning] = useState(false);
  const [problem, setProblem] = useState<ProblemError | null>(null);
  const [unknown, setUnknown] = useState<InputOf<N> | null>(null);
  const running = useRef(false);
  const doneText = useRef(done);
  doneText.current = done;
  const heard = useRef(progress);
  heard.current = progress;

  const clear = useCallback((): void => {
    setProblem(null);
    setUnknown(null);
  }, []);

  const run = useCallback(
    async (input: InputOf<N>): Promise<OutputOf<N> | null> => {
      if (running.current) return null;
      running.current = true;
      setRunning(true);
      clear();
      const { key, askedAtMs, isAgain } = keyOf(name, input);
      try {
        const output = await withPassword(name, input, {
          key,
          ...(heard.current === undefined ? {} : { progress: heard.current }),
        });
        forgetKey(name, input);
        const words = doneText.current?.(output);
        const first = timeText(askedAtMs, readAppearance().clock, 'time');
        if (words !== undefined)
          tell(
            isAgain
              ? { kind: 'note', text: `Asked for first at ${first}, and done once: nothing was sent twice. ${words}` }
              : { kind: 'done', text: words },
          );
        void queries.invalidateQueries({ predicate: ({ queryKey }) => isAffected(name, queryKey[0]) });
        return output;
      } catch (error) {
        const told = problemOf(error);
        const mayBeDone = isUnknown(name, told);
        if (mayBeDone) setUnknown(input);
        else forgetKey(name, input);
        setProblem(told);
        if (!isQuiet)
          tell({
            ...{ kind: 'refused', text: told.message, hint: told.hint, code: told.code },
            ...(mayBeDone ? { action: { name: 'Ask for it as a new one', act: () => forgetKey(name, input) } } : {}),
          });
        return null;
      } finally {
        running.current = false;
        setRunning(false);
      }
    },
    [name, queries, isQuiet, clear],
  );
  const anew =
    unknown === null
      ? null
      : (): void => {
          forgetKey(name, unknown);
          clear();
        };
  return { run, isRunning, problem, anew, clear };
}

/** Carries a command out; where it needs the password again, it is asked for, and the same deed is asked for once more. */
async function withPassword<N extends OperationName>(
  name: N,
  input: InputOf<N>,
  options: CallOptions,
): Promise<OutputOf<N>> {
  const call = (): Promise<OutputOf<N>> => server.call(name, ...([input, options] as never)) as Promise<OutputOf<N>>;
  try {
    return await call();
  } catch (error) {
    if (problemOf(error).code !== 'step-up-required' || !(await askPassword())) throw error;
    return call();
  }
}
