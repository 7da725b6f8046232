import type { OutputOf } from '../../../../src/api/client/client.ts';
import { useMoment } from '../../desk/moment.ts';
import { useCommand } from '../../desk/use-command.ts';
import { useAnswer } from '../../desk/use-view.ts';
import { Button } from '../../parts/button.tsx';

const REASON = 'at the desk';

/** A session that servers keep running. */
export type Kept = OutputOf<'deployment ls'>['deployments'][number];

/** What can be done to a session that runs, each with its consequence in its words. */
export function SessionControls({ session }: { readonly session: string }) {
  const { at } = useMoment();
  const pause = useCommand('pause', { done: () => `${session}: the strategy is paused; orders and stops stay.` });
  const resume = useCommand('resume', { done: () => `${session}: the strategy goes on.` });
  const stop = useCommand('stop', { done: () => `${session}: has ended; positions and orders stay as they are.` });
  const remove = useRemove(session);
  const kept = useAnswer('deployment ls', {});
  const isOff = at !== null || [pause, resume, stop, remove].some(({ isRunning }) => isRunning);
  // Servers begin a session with an account again where it is only stopped.
  const isBegunAgain =
    kept.phase === 'there' &&
    kept.data.deployments.some((each) => each.session === session && each.operation === 'live');
  const end = (): Promise<unknown> => (isBegunAgain ? remove.run({ session }) : stop.run({ session, reason: REASON }));
  return (
    <div className="mt-2 flex flex-wrap gap-2">
      <Button size="small" disabled={isOff} onClick={() => void pause.run({ session, reason: REASON })}>
        Pause strategy (orders stay)
      </Button>
      <Button size="small" disabled={isOff} onClick={() => void resume.run({ session, reason: REASON })}>
        Resume
      </Button>
      <Button size="small" kind="danger" disabled={isOff || kept.phase === 'loading'} onClick={() => void end()}>
        End session (positions stay)
      </Button>
    </div>
  );
}

const useRemove = (session: string) =>
  useCommand('deployment rm', { done: () => `${session}: servers keep it no longer; its journal stays.` });

/** Why a session that servers keep does not run, and the way to have them keep it no longer. */
export function KeptInVain({ kept: { session, problem, trader } }: { readonly kept: Kept }) {
  const { at } = useMoment();
  const remove = useRemove(session);
  return (
    <div className="mt-1 space-y-2">
      <p className={`text-sm break-words ${problem === null ? 'text-soft' : 'text-bad'}`}>
        {problem ??
          (trader === null ? 'No process executes now: it begins when one does.' : 'Begins within a moment …')}
      </p>
      {problem === null || trader === null ? null : (
        <p className="text-sm text-soft">It is tried again, ever less often.</p>
      )}
      <Button
        size="small"
        kind="danger"
        disabled={at !== null || remove.isRunning}
        onClick={() => void remove.run({ session })}
      >
        Remove (its journal stays)
      </Button>
    </div>
  );
}
