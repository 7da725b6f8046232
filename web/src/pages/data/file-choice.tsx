import { Upload } from 'lucide-react';
import { type DragEvent, useRef, useState } from 'react';
import { useMoment } from '../../desk/moment.ts';
import { Button } from '../../parts/button.tsx';
import { Panel } from '../../parts/panel.tsx';

const ENDINGS = '.csv,.txt,.tsv,.gz,.zip,.parquet';

/** Where a file of bars is chosen, or let fall. */
export function FileChoice({ onFile }: { readonly onFile: (file: File) => void }) {
  const { at } = useMoment();
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const isOff = at !== null;
  const take = (files: FileList | null | undefined): void => {
    const [file] = files ?? [];
    if (file !== undefined && !isOff) onFile(file);
  };
  const over = (event: DragEvent): void => {
    event.preventDefault();
    setOver(!isOff);
  };
  return (
    <Panel title="Import a file">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the button in it does the same by keyboard. */}
      <div
        className={`flex flex-col items-center gap-2 rounded-md border border-dashed p-4 text-center ${isOver ? 'border-accent bg-accent/10' : 'border-edge'}`}
        onDragEnter={over}
        onDragOver={over}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          take(event.dataTransfer.files);
        }}
      >
        <Button disabled={isOff} onClick={() => input.current?.click()}>
          <Upload aria-hidden="true" className="size-4" />
          Choose a file
        </Button>
        <input
          ref={input}
          type="file"
          aria-label="File of bars"
          accept={ENDINGS}
          className="hidden"
          disabled={isOff}
          onChange={(event) => {
            take(event.target.files);
            // The same file again is a choice, too.
            event.target.value = '';
          }}
        />
        <p className="text-sm text-soft">
          or let it fall here: CSV or Parquet, also packed as gz or zip. It is looked at first; nothing is stored before
          you say so.
        </p>
      </div>
    </Panel>
  );
}
