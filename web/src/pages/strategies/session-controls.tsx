import { useMoment } from '../../desk/moment.ts';
import { useCommand } from '../../desk/use-command.ts';
import { Button } from '../../parts/button.tsx';

const REASON = 'at the desk';

/** What can be done to a session that runs, each with its consequence in its words. */
export function SessionControls({ session }: { readonly session: string }) {
  const { at } = useMoment();
  const pause = useCommand('pause', { done: () => `${session}: the strategy is paused; orders and stops stay.` });
  const resume = useCommand('resume', { done: () => `${session}: the strategy goes on.` });
  const stop = useCommand('stop', { done: () => `${session}: has ended; positions and orders stay as they are.` });
  const isOff = at !== null || pause.isRunning || resume.isRunning || stop.isRunning;
  return (
    <div className="mt-2 flex flex-wrap gap-2">
      <Button size="small" disabled={isOff} onClick={() => void pause.run({ session, reason: REASON })}>
        Pause strategy (orders stay)
      </Button>
      <Button size="small" disabled={isOff} onClick={() => void resume.run({ session, reason: REASON })}>
        Resume
      </Button>
      <Button size="small" kind="danger" disabled={isOff} onClick={() => void stop.run({ session, reason: REASON })}>
        End session (positions stay)
      </Button>
    </div>
  );
}
