import { type ReactNode, useState } from 'react';
import { ExportButton } from './export-button.tsx';

interface Searched<R> {
  /** Those in which the text stands. */
  readonly rows: readonly R[];
  readonly text: string;
  /** Where the text is typed, and a way to keep the rows as a file. */
  readonly head: ReactNode;
}

/** Rows of a list in which one can look for a text. */
export function useSearched<R extends object>(name: string, all: readonly R[]): Searched<R> {
  const [text, setText] = useState('');
  const wanted = text.toLowerCase();
  const rows = wanted === '' ? all : all.filter((row) => JSON.stringify(row).toLowerCase().includes(wanted));
  return {
    ...{ rows, text },
    head: (
      <>
        <label>
          <span className="sr-only">Find</span>
          <input
            className="control w-48 max-sm:w-28"
            placeholder="Find"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </label>
        <ExportButton name={name} rows={rows} />
      </>
    ),
  };
}
