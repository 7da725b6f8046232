import { type ReactNode, useState } from 'react';
import { useIdentity, useSigning } from '../desk/identity.ts';
import { Field } from '../parts/field.tsx';
import { Problem } from '../parts/panel.tsx';
import { PasswordForm } from './password-form.tsx';

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
  return (
    <main className="flex min-h-dvh items-center justify-center p-4">
      <div className="w-full max-w-sm space-y-4 rounded-xl border bg-panel p-6 shadow-2xl">
        <h1 className="flex items-center gap-3 text-xl font-semibold">
          <img src="/icon.svg" alt="" className="size-8" />
          Tradewright
        </h1>
        <PasswordForm submit="Sign in" send={(password) => signIn(name, password)}>
          <Field label="Name">
            {(of) => (
              <input
                {...of}
                className="control"
                autoComplete="username"
                autoCapitalize="none"
                required
                value={name}
                onChange={(event) => setName(event.target.value)}
              />
            )}
          </Field>
        </PasswordForm>
        <p className="text-sm text-soft">
          Users are added on the machine: <code className="rounded bg-raised px-1">tradewright users add</code>
        </p>
      </div>
    </main>
  );
}
