import { type FormEvent, useState } from 'react';
import { useMoment } from '../../desk/moment.ts';
import { useCommand } from '../../desk/use-command.ts';
import { Button } from '../../parts/button.tsx';
import { Problem } from '../../parts/panel.tsx';

interface RearmFormProps {
  /** As latches call it. */
  readonly place: { readonly scope: string; readonly target: string };
}

/** Lifts what holds a scope, a kill or a limit that was reached: the scope typed once more, and a reason. */
export function RearmForm({ place: { scope, target } }: RearmFormProps) {
  const words = scope === 'system' ? 'system' : `${scope}:${target}`;
  const [confirm, setConfirm] = useState('');
  const [reason, setReason] = useState('');
  const [into, setInto] = useState<'active' | 'reducing'>('active');
  const { at } = useMoment();
  const rearm = useCommand('rearm', { isQuiet: true, done: ({ into: state }) => `${words} is re-armed, ${state}.` });
  const send = (event: FormEvent): void => {
    event.preventDefault();
    void rearm.run({ scope, confirm, reason, into, ...(scope === 'system' ? {} : { target }) } as never);
  };
  return (
    <form className="mt-2 grid gap-2 sm:grid-cols-[1fr_1fr_auto_auto] sm:items-end" onSubmit={send}>
      <label>
        <span className="text-xs text-soft">
          Type <code>{words}</code>
        </span>
        <input
          className="control"
          value={confirm}
          onChange={(event) => setConfirm(event.target.value)}
          autoComplete="off"
          required
        />
      </label>
      <label>
        <span className="text-xs text-soft">Why it may go on</span>
        <input className="control" value={reason} onChange={(event) => setReason(event.target.value)} required />
      </label>
      <label>
        <span className="text-xs text-soft">Into</span>
        <select className="control" value={into} onChange={(event) => setInto(event.target.value as typeof into)}>
          <option value="active">active</option>
          <option value="reducing">reducing only</option>
        </select>
      </label>
      <Button type="submit" kind="main" disabled={rearm.isRunning || confirm !== words || reason === '' || at !== null}>
        Re-arm
      </Button>
      {rearm.problem === null ? null : (
        <div className="sm:col-span-4">
          <Problem problem={rearm.problem} />
        </div>
      )}
    </form>
  );
}
