import { useState } from 'react';
import { Field } from './field.tsx';

interface SecretFieldProps {
  readonly question: string;
  readonly answer: string;
  readonly onChange: (answer: string) => void;
}

/** One secret, not shown as it is typed and kept by no browser. A private key has lines, which only a field that shows them can take. */
export function SecretField({ question, answer, onChange }: SecretFieldProps) {
  const [hasLines, setHasLines] = useState(false);
  const attributes = {
    ...{ className: 'control', autoComplete: 'off', spellCheck: false, required: true, value: answer },
    onChange: (event: { readonly target: { readonly value: string } }) => onChange(event.target.value),
  };
  return (
    <div>
      <Field
        label={
          <>
            <span className="inline-block first-letter:uppercase">{question}</span> (needed)
          </>
        }
      >
        {(of) =>
          hasLines ? <textarea {...of} {...attributes} rows={5} /> : <input {...of} {...attributes} type="password" />
        }
      </Field>
      {/secret/i.test(question) ? (
        <label className="mt-1 flex items-center gap-2 text-xs text-soft">
          <input type="checkbox" checked={hasLines} onChange={(event) => setHasLines(event.target.checked)} />
          It is a private key of several lines, which are shown
        </label>
      ) : null}
    </div>
  );
}
