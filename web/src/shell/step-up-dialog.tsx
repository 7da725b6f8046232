import { type FormEvent, useState } from 'react';
import type { ProblemError } from '../../../src/api/client/problem.ts';
import { server } from '../desk/server.ts';
import { useAskedPassword } from '../desk/step-up.ts';
import { problemOf } from '../desk/streams.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Problem } from '../parts/panel.tsx';

/** Asks for the password again before a grave deed. */
export function StepUpDialog() {
  const asked = useAskedPassword();
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<ProblemError | null>(null);
  const send = (event: FormEvent): void => {
    event.preventDefault();
    setProblem(null);
    server.stepUp({ password }).then(
      () => asked?.answer(true),
      (error: unknown) => setProblem(problemOf(error)),
    );
    setPassword('');
  };
  return (
    <Dialog
      title="Your password again"
      about="What you are about to do needs it; it holds for five minutes."
      isOpen={asked !== null}
      onClose={() => asked?.answer(false)}
    >
      <form className="space-y-3" onSubmit={send}>
        <label className="block">
          <span className="font-medium">Password</span>
          <input
            className="control mt-1"
            type="password"
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </label>
        {problem === null ? null : <Problem problem={problem} />}
        <Button type="submit" kind="main">
          Go on
        </Button>
      </form>
    </Dialog>
  );
}
