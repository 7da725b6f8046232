import { useState } from 'react';
import { useMoment } from '../../desk/moment.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Field } from '../../parts/field.tsx';
import { OperationForm } from '../../parts/operation-form.tsx';

/** `strategy=sma-cross`, one field a line; a line without an equals sign is a switch that is on. */
function inputOf(text: string): Record<string, string> {
  const lines = text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
  return Object.fromEntries(
    lines.map((line) => {
      const equals = line.indexOf('=');
      return equals < 0 ? [line, 'true'] : [line.slice(0, equals).trim(), line.slice(equals + 1).trim()];
    }),
  );
}

/** A form for what is to be done at set times. */
export function AddSchedule() {
  const { at } = useMoment();
  const [isOpen, setOpen] = useState(false);
  const [input, setInput] = useState('');
  const close = (): void => {
    setOpen(false);
    setInput('');
  };
  return (
    <>
      <Button size="small" disabled={at !== null} onClick={() => setOpen(true)}>
        Add a schedule …
      </Button>
      <Dialog
        title="Add a schedule"
        about="Each time a job is added, which a worker does. While the one of the time before waits or runs, the next is left out."
        isOpen={isOpen}
        onClose={close}
      >
        <OperationForm
          name="schedules add"
          fields={['name', 'operation', 'cron', 'timeZone', 'missed']}
          given={{ input: inputOf(input) }}
          initial={{ operation: 'data-sync' }}
          submit="Add it"
          done={({ schedule }) => `${schedule.name} is done at its times from now on.`}
          onDone={close}
        >
          <Field
            label="Input"
            about="Fields of the operation, one a line: strategy=sma-cross, then data=BINANCE:BTCUSDT; lists with commas between. None where it needs none."
          >
            {(of) => (
              <textarea
                {...of}
                className="control font-mono"
                rows={4}
                spellCheck={false}
                value={input}
                onChange={(event) => setInput(event.target.value)}
              />
            )}
          </Field>
        </OperationForm>
      </Dialog>
    </>
  );
}
