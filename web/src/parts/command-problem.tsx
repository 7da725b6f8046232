import { Link } from '@tanstack/react-router';
import type { Command } from '../desk/use-command.ts';
import { Button } from './button.tsx';
import { Problem } from './panel.tsx';

interface CommandProblemProps {
  readonly command: Pick<Command<never>, 'problem' | 'anew'>;
  /** What is asked for, with its article. */
  readonly deed?: string;
}

/** Why a command was not carried out or, where nobody knows whether it was, what to do then. */
export function CommandProblem({ command: { problem, anew }, deed = 'this' }: CommandProblemProps) {
  if (problem === null) return null;
  return (
    <div>
      <Problem problem={problem} />
      {anew === null ? null : (
        <div className="space-y-2 rounded-md border border-warn p-3" role="alert">
          <p>
            <strong>It is not known whether {deed} was carried out.</strong> Look at{' '}
            <Link
              to="/positions"
              search={((known: object) => ({ ...known, tab: 'orders' })) as never}
              className="underline"
            >
              orders
            </Link>{' '}
            and{' '}
            <Link to="/events" className="underline">
              events
            </Link>{' '}
            first. Asked for again as it is, it is done once at most.
          </p>
          <Button size="small" onClick={anew}>
            I have looked: the next is a new one
          </Button>
        </div>
      )}
    </div>
  );
}
