import { useEffect, useRef, useState } from 'react';
import { Button } from '../../parts/button.tsx';
import { Field } from '../../parts/field.tsx';

/** A secret that the server made. Null where the answer that had it was lost, and another one said that it was told. */
export interface Told {
  readonly name: string;
  readonly secret: string | null;
}

/** The secret of a webhook, the only time that it is there. */
export function ToldOnce({ told: { name, secret }, onDone }: { readonly told: Told; readonly onDone: () => void }) {
  const [copied, setCopied] = useState<'' | 'Copied' | 'It could not be copied: select it.'>('');
  const place = useRef<HTMLTextAreaElement>(null);
  useEffect(() => place.current?.focus(), []);
  if (secret === null)
    return (
      <div className="space-y-3">
        <p role="alert" className="text-warn">
          {name} is kept, but the answer that had its secret was lost on the way, and no server keeps it. Replace the
          secret to be shown another one.
        </p>
        <Button onClick={onDone}>Close</Button>
      </div>
    );
  const copy = (): void =>
    void Promise.resolve(navigator.clipboard?.writeText(secret) ?? Promise.reject(new Error('no clipboard'))).then(
      () => setCopied('Copied'),
      () => setCopied('It could not be copied: select it.'),
    );
  return (
    <div className="space-y-3">
      <p>
        <strong>It is shown this once:</strong> no page and no answer has it again. Give it to the receiver, which
        verifies with it that a message comes from here. Where it is lost, replace it.
      </p>
      <Field label={`Secret of ${name}`}>
        {(of) => (
          <textarea
            {...of}
            ref={place}
            className="control figure resize-none break-all"
            rows={2}
            readOnly
            spellCheck={false}
            value={secret}
            onFocus={({ target }) => target.select()}
          />
        )}
      </Field>
      <div className="flex flex-wrap items-center gap-2">
        <Button kind="main" onClick={copy}>
          Copy it
        </Button>
        <Button onClick={onDone}>I have kept it</Button>
        <span role="status" className="text-sm text-soft">
          {copied}
        </span>
      </div>
    </div>
  );
}
