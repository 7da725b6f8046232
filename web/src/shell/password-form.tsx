import { type FormEvent, type ReactNode, useState } from 'react';
import type { ProblemError } from '../../../src/api/client/problem.ts';
import { problemOf } from '../desk/streams.ts';
import { Button } from '../parts/button.tsx';
import { Field } from '../parts/field.tsx';
import { Problem } from '../parts/panel.tsx';

/** Asks for a password, last of what it asks for; one that is refused has to be typed again. */
export function PasswordForm({
  send,
  submit,
  children,
}: {
  readonly send: (password: string) => Promise<unknown>;
  readonly submit: string;
  readonly children?: ReactNode;
}) {
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<ProblemError | null>(null);
  const [isRunning, setRunning] = useState(false);
  const sent = (event: FormEvent): void => {
    event.preventDefault();
    setRunning(true);
    setProblem(null);
    send(password)
      .catch((error: unknown) => setProblem(problemOf(error)))
      .finally(() => {
        setPassword('');
        setRunning(false);
      });
  };
  return (
    <form className="space-y-4" onSubmit={sent}>
      {children}
      <Field label="Password">
        {(of) => (
          <input
            {...of}
            className="control"
            type="password"
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        )}
      </Field>
      {problem === null ? null : <Problem problem={problem} />}
      <Button type="submit" kind="main" disabled={isRunning}>
        {isRunning ? 'Asking the server …' : submit}
      </Button>
    </form>
  );
}
