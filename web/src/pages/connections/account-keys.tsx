import { useState } from 'react';
import type { OutputOf } from '../../../../src/api/client/client.ts';
import { useMoment } from '../../desk/moment.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { OperationForm } from '../../parts/operation-form.tsx';
import type { Account } from './account-card.tsx';

export type Venue = OutputOf<'venues'>['venues'][number];

/** What the server asks for, in its order. */
const questions = (venue: Venue | undefined): readonly string[] => [
  'API key',
  'API secret',
  ...(venue?.hasPassphrase === true ? ['API passphrase'] : []),
];

const ABOUT =
  'Keys go to this server alone, which tries them at the venue and keeps them encrypted; no page and no answer has them again. Make them for trading only, and for the address of this server.';

interface AddAccountProps {
  readonly venues: readonly Venue[];
  readonly isAdmin: boolean;
  readonly again: () => void;
}

export function AddAccount({ venues, isAdmin, again }: AddAccountProps) {
  const { at } = useMoment();
  const [isOpen, setOpen] = useState(false);
  const trading = venues.filter(({ environments }) => environments.length > 0);
  const close = (): void => setOpen(false);
  return (
    <>
      <Button disabled={!isAdmin || at !== null} onClick={() => setOpen(true)}>
        Add an account …
      </Button>
      <Dialog title="Add an account" about={ABOUT} isOpen={isOpen} onClose={close}>
        <OperationForm
          name="account add"
          fields={['venue', 'label', 'env', 'test', 'accept']}
          choices={{ venue: trading.map(({ name }) => name) }}
          secrets={({ venue }) => questions(trading.find(({ name }) => name === venue))}
          submit="Try and keep the keys"
          done={({ account, tested }) => `Account ${account.label} is kept${tested ? ', its keys were tried' : ''}.`}
          onDone={() => {
            close();
            again();
          }}
        />
      </Dialog>
    </>
  );
}

interface ReplaceKeysProps {
  readonly account: Account;
  /** By which operations find it. */
  readonly name: string;
  readonly venues: readonly Venue[];
  readonly isDisabled: boolean;
  readonly again: () => void;
}

export function ReplaceKeys({ account: { label, venue }, name, venues, isDisabled, again }: ReplaceKeysProps) {
  const [isOpen, setOpen] = useState(false);
  const close = (): void => setOpen(false);
  return (
    <>
      <Button size="small" disabled={isDisabled} onClick={() => setOpen(true)}>
        Replace its keys …
      </Button>
      <Dialog title={`New keys of ${label}`} about={ABOUT} isOpen={isOpen} onClose={close}>
        <OperationForm
          name="account rotate"
          fields={['test', 'accept']}
          given={{ label: name }}
          secrets={() => questions(venues.find((each) => each.name === venue || each.id === venue))}
          submit="Try and replace"
          done={() => `The keys of ${label} are replaced. Revoke the old ones at the venue.`}
          onDone={() => {
            close();
            again();
          }}
        />
      </Dialog>
    </>
  );
}
