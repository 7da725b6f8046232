import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useRef, useState } from 'react';
import type { CallOptions, InputOf, OperationName, OutputOf } from '../../../src/api/client/client.ts';
import type { ProblemError } from '../../../src/api/client/problem.ts';
import { makeKey } from '../../../src/api/client/request.ts';
import { tell } from '../parts/toasts.tsx';
import { server } from './server.ts';
import { askPassword } from './step-up.ts';
import { problemOf } from './streams.ts';

export interface Command<N extends OperationName> {
  /** Carries it out; null where it was refused, which {@link problem} tells then. The same deed asked for twice is done once. */
  run(input: InputOf<N>): Promise<OutputOf<N> | null>;
  readonly isRunning: boolean;
  readonly problem: ProblemError | null;
  clear(): void;
}

interface CommandOptions<N extends OperationName> {
  readonly done?: (output: OutputOf<N>) => string;
  readonly isQuiet?: boolean;
  /** Hears how far it is. */
  readonly progress?: (phase: string, done: number, total: number) => void;
}

/** A command with its idempotency key: it is kept until an answer has come, so that neither a double click nor a lost answer does a thing twice. */
export function useCommand<N extends OperationName>(
  name: N,
  { done, isQuiet = false, progress }: CommandOptions<N> = {},
): Command<N> {
  const queries = useQueryClient();
  const [isRunning, setRunning] = useState(false);
  const [problem, setProblem] = useState<ProblemError | null>(null);
  const deed = useRef<{ readonly key: string; readonly text: string } | null>(null);
  const running = useRef(false);
  const doneText = useRef(done);
  doneText.current = done;
  const told = useRef(progress);
  told.current = progress;

  const run = useCallback(
    async (input: InputOf<N>): Promise<OutputOf<N> | null> => {
      if (running.current) return null;
      running.current = true;
      setRunning(true);
      setProblem(null);
      const text = JSON.stringify(input);
      if (deed.current?.text !== text) deed.current = { key: makeKey(), text };
      try {
        const output = await withPassword(name, input, {
          key: deed.current.key,
          ...(told.current === undefined ? {} : { progress: told.current }),
        });
        deed.current = null;
        const words = doneText.current?.(output);
        if (words !== undefined) tell({ kind: 'done', text: words });
        void queries.invalidateQueries();
        return output;
      } catch (error) {
        const refused = problemOf(error);
        // Without an answer it is not known what became of it: the next try is the same deed.
        if (refused.code !== 'server-unreachable') deed.current = null;
        setProblem(refused);
        if (!isQuiet) tell({ kind: 'refused', text: refused.message, hint: refused.hint, code: refused.code });
        return null;
      } finally {
        running.current = false;
        setRunning(false);
      }
    },
    [name, queries, isQuiet],
  );
  return { run, isRunning, problem, clear: () => setProblem(null) };
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
