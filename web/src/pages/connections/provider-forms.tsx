import { type FormEvent, useState } from 'react';
import type { OutputOf } from '../../../../src/api/client/client.ts';
import { useMoment } from '../../desk/moment.ts';
import { useCommand } from '../../desk/use-command.ts';
import { Button } from '../../parts/button.tsx';
import { CommandProblem } from '../../parts/command-problem.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Field } from '../../parts/field.tsx';
import { OperationForm } from '../../parts/operation-form.tsx';

export type Provider = OutputOf<'provider ls'>['providers'][number];

const ABOUT =
  'The key goes to this server alone, which asks the provider whether it takes it and keeps it encrypted, for that address only; no page and no answer has it again.';

export function AddProvider({ isAdmin, again }: { readonly isAdmin: boolean; readonly again: () => void }) {
  const { at } = useMoment();
  const [isOpen, setOpen] = useState(false);
  const close = (): void => setOpen(false);
  return (
    <>
      <Button disabled={!isAdmin || at !== null} onClick={() => setOpen(true)}>
        Add a provider …
      </Button>
      <Dialog title="Add a provider" about={ABOUT} isOpen={isOpen} onClose={close}>
        <OperationForm
          name="provider add"
          fields={['kind', 'label', 'url', 'model', 'keyless', 'test']}
          secrets={({ keyless }) => (keyless === 'true' ? [] : ['API key'])}
          submit="Ask it and keep it"
          done={({ provider: { label, seen } }) => `Provider ${label} is kept${seen === null ? '' : ', and answers'}.`}
          onDone={() => {
            close();
            again();
          }}
        />
      </Dialog>
    </>
  );
}

interface OfProviderProps {
  readonly provider: Provider;
  readonly isDisabled: boolean;
  readonly again: () => void;
}

export function ReplaceKey({ provider: { label }, isDisabled, again }: OfProviderProps) {
  const [isOpen, setOpen] = useState(false);
  const close = (): void => setOpen(false);
  return (
    <>
      <Button size="small" disabled={isDisabled} onClick={() => setOpen(true)}>
        Replace its key …
      </Button>
      <Dialog title={`New key of ${label}`} about={ABOUT} isOpen={isOpen} onClose={close}>
        <OperationForm
          name="provider rotate"
          fields={['test']}
          given={{ label }}
          secrets={() => ['API key']}
          submit="Ask it and replace"
          done={() => `The key of ${label} is replaced. Delete the old one at the provider.`}
          onDone={() => {
            close();
            again();
          }}
        />
      </Dialog>
    </>
  );
}

/** One of the models that were seen; which one is used stays until another one is chosen. */
export function ChooseModel({ provider: { label, model, seen }, isDisabled, again }: OfProviderProps) {
  const command = useCommand('provider set', {
    isQuiet: true,
    done: ({ provider }) => `${label} uses ${provider.model} from now on.`,
  });
  const [typed, setTyped] = useState<string | null>(null);
  const listed = seen?.models ?? [];
  const models = model === null || listed.includes(model) ? listed : [model, ...listed];
  const chosen = typed ?? model ?? '';
  const send = (event: FormEvent): void => {
    event.preventDefault();
    void command.run({ label, model: chosen }).then((output) => {
      if (output === null) return;
      setTyped(null);
      again();
    });
  };
  if (models.length === 0) return null;
  return (
    <form onSubmit={send}>
      <div className="flex items-end gap-2">
        <Field label={`Model of ${label}`} className="flex-1">
          {(of) => (
            <select
              {...of}
              className="control"
              value={chosen}
              disabled={isDisabled}
              onChange={({ target }) => setTyped(target.value)}
            >
              {chosen === '' ? <option value="">none chosen</option> : null}
              {models.map((each) => (
                <option key={each}>{each}</option>
              ))}
            </select>
          )}
        </Field>
        <Button type="submit" disabled={isDisabled || command.isRunning || chosen === '' || chosen === model}>
          Use it
        </Button>
      </div>
      <CommandProblem command={command} />
    </form>
  );
}
