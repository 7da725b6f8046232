import { useState } from 'react';
import type { OutputOf } from '../../../../src/api/client/client.ts';
import { servedOperation } from '../../../../src/api/client/served.ts';
import { shapeOf } from '../../../../src/api/field-shape.ts';
import { useMoment } from '../../desk/moment.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { OperationForm } from '../../parts/operation-form.tsx';
import { type Told, ToldOnce } from './told-once.tsx';

export type Channel = OutputOf<'channel ls'>['channels'][number];

/** What each kind is asked for, as the row of `channel add` says it; null where the server makes the secret. */
const ASKS = shapeOf(servedOperation('channel add').input.shape['kind'] as never).meta['asks'] as Readonly<
  Record<string, string | null>
>;

/** A mail server has a password for a user alone. */
function questions(kind: string | undefined, hasUser: boolean): readonly string[] {
  const question = ASKS[kind ?? ''] ?? null;
  return question === null || (kind === 'smtp' && !hasUser) ? [] : [question];
}

const KEPT = 'A secret goes to this server alone, which keeps it encrypted; no page and no answer has it again.';

export function AddChannel({ isAdmin, again }: { readonly isAdmin: boolean; readonly again: () => void }) {
  const { at } = useMoment();
  const [isOpen, setOpen] = useState(false);
  const [told, setTold] = useState<Told | null>(null);
  const close = (): void => {
    setOpen(false);
    setTold(null);
  };
  return (
    <>
      <Button disabled={!isAdmin || at !== null} onClick={() => setOpen(true)}>
        Add a channel …
      </Button>
      <Dialog
        title={told === null ? 'Add a channel' : `The secret of ${told.name}`}
        about={
          told === null ? `${KEPT} A webhook is signed under one that the server makes and shows once.` : undefined
        }
        isOpen={isOpen}
        onClose={close}
      >
        {told === null ? (
          <OperationForm
            name="channel add"
            fields={['kind', 'name', 'url', 'from', 'to', 'user', 'allow']}
            initial={{ kind: 'webhook' }}
            secrets={({ kind, user = '' }) => questions(kind, user !== '')}
            submit="Keep it"
            done={({ channel: { name } }) => `Channel ${name} is kept.`}
            onDone={({ channel: { name, kind }, secret }) => {
              again();
              if (kind === 'webhook') setTold({ name, secret });
              else close();
            }}
          />
        ) : (
          <ToldOnce told={told} onDone={close} />
        )}
      </Dialog>
    </>
  );
}

interface ReplaceSecretProps {
  readonly channel: Channel;
  readonly isDisabled: boolean;
  readonly again: () => void;
}

export function ReplaceSecret({ channel: { name, kind }, isDisabled, again }: ReplaceSecretProps) {
  const [isOpen, setOpen] = useState(false);
  const [told, setTold] = useState<Told | null>(null);
  const isMade = ASKS[kind] === null;
  const close = (): void => {
    setOpen(false);
    setTold(null);
  };
  return (
    <>
      <Button size="small" disabled={isDisabled} onClick={() => setOpen(true)}>
        Replace its secret …
      </Button>
      <Dialog
        title={told === null ? `New secret of ${name}` : `The secret of ${name}`}
        about={told !== null ? undefined : isMade ? BOTH : `${KEPT} It takes the place of the old one at once.`}
        isOpen={isOpen}
        onClose={close}
      >
        {told === null ? (
          <OperationForm
            name="channel rotate"
            fields={[]}
            given={{ name }}
            secrets={() => questions(kind, true)}
            submit={isMade ? 'Make a new one' : 'Replace it'}
            done={() => `The secret of ${name} is replaced.`}
            onDone={({ secret }) => {
              again();
              if (isMade) setTold({ name, secret });
              else close();
            }}
          />
        ) : (
          <ToldOnce told={told} onDone={close} />
        )}
      </Dialog>
    </>
  );
}

const BOTH =
  'The server makes one and shows it once. From then on messages are signed under it and under those before, until these are dropped here: give the receiver the new one in between.';
