import { useRouter } from '@tanstack/react-router';
import { useCallback, useEffect, useRef } from 'react';
import { ProblemError } from '../../../src/api/client/problem.ts';
import { useConnection } from '../desk/connection.ts';
import { problemOf } from '../desk/streams.ts';
import { Panel, Problem } from '../parts/panel.tsx';

/** In the place of a page that failed. The frame stays, and with it the kill switch; what the server did not bring is asked for again once it is back. */
export function PageProblem({ error }: { readonly error: unknown }) {
  const router = useRouter();
  const { state } = useConnection();
  const problem = problemOf(error);
  const again = useCallback((): void => void router.invalidate(), [router]);
  const before = useRef(state);
  useEffect(() => {
    const isBack = state === 'open' && before.current === 'lost';
    before.current = state;
    if (isBack && problem.code === 'server-unreachable') again();
  }, [state, problem.code, again]);
  return (
    <Panel title="This page could not be shown">
      <Problem problem={problem} again={again} />
    </Panel>
  );
}

/**
 * Code of a page, brought when it is opened. Where the server does not answer, that is what is told: at what the browser says of it the router
 * would load the desk anew, which cannot be had then, and all that it still knew would be gone.
 */
export function codeOfPage<M>(load: () => Promise<M>): () => Promise<M> {
  return () =>
    load().catch(async (error: unknown) => {
      await fetch('/icon.svg', { cache: 'no-store' }).catch(() => {
        throw new ProblemError('server-unreachable', `the page was not brought: no answer from ${location.origin}`, {
          hint: 'It is opened as soon as the server is back.',
        });
      });
      throw error;
    });
}
