import { type FormEvent, type ReactNode, useState } from 'react';
import type { ProblemError } from '../../../src/api/client/problem.ts';
import { useIdentity, useSigning } from '../desk/identity.ts';
import { problemOf } from '../desk/streams.ts';
import { Button } from '../parts/button.tsx';
import { Problem } from '../parts/panel.tsx';

/** The desk for who may see it; everybody else is asked who they are. */
export function Gate({ children }: { readonly children: ReactNode }) {
  const identity = useIdentity();
  if (identity.phase === 'loading')
    return (
      <p role="status" className="p-6 text-soft">
        Asking the server …
      </p>
    );
  if (identity.phase === 'problem')
    return (
      <main className="mx-auto max-w-xl p-6">
        <h1 className="mb-3 text-xl font-semibold">Tradewright</h1>
        <Problem problem={identity.problem} again={identity.again} />
      </main>
    );
  const { needsSignIn, client } = identity.data;
  return needsSignIn && client === null ? <SignIn /> : children;
}

function SignIn() {
  const { signIn } = useSigning();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<ProblemError | null>(null);
  const [isRunning, setRunning] = useState(false);
  const send = (event: FormEvent): void => {
    event.preventDefault();
    setRunning(true);
    setProblem(null);
    signIn(name, password)
      .catch((error: unknown) => {
        setProblem(problemOf(error));
        setPassword('');
      })
      .finally(() => setRunning(false));
  };
  return (
    <main className="flex min-h-dvh items-center justify-center p-4">
      <form className="w-full max-w-sm space-y-4 rounded-xl border bg-panel p-6 shadow-2xl" onSubmit={send}>
        <h1 className="flex items-center gap-3 text-xl font-semibold">
          <img src="/icon.svg" alt="" className="size-8" />
          Tradewright
        </h1>
        <label className="block">
          <span className="font-medium">Name</span>
          <input
            className="control mt-1"
            autoComplete="username"
            autoCapitalize="none"
            required
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </label>
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
        <Button type="submit" kind="main" className="w-full" disabled={isRunning}>
          {isRunning ? 'Signing in …' : 'Sign in'}
        </Button>
        <p className="text-sm text-soft">
          Users are added on the machine: <code className="rounded bg-raised px-1">tradewright users add</code>
        </p>
      </form>
    </main>
  );
}
