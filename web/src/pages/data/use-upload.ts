import { useCallback, useRef, useState } from 'react';
import type { Upload } from '../../../../src/api/client/client.ts';
import { ProblemError } from '../../../../src/api/client/problem.ts';
import { server } from '../../desk/server.ts';
import { problemOf } from '../../desk/streams.ts';
import { count } from '../../format/numerals.ts';

/** A file that somebody chose, on its way to the server or there. */
export interface Chosen {
  readonly file: File;
  readonly sentBytes: number;
  readonly upload: Upload | null;
  readonly problem: ProblemError | null;
}

export interface Uploading {
  readonly chosen: Chosen | null;
  choose(file: File): void;
  /** Sends it again. */
  again(): void;
  clear(): void;
}

/** One file at a time: another one ends the one before. */
export function useUpload(): Uploading {
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const ending = useRef<AbortController | null>(null);

  const choose = useCallback((file: File): void => {
    ending.current?.abort();
    const own = new AbortController();
    ending.current = own;
    const told = (more: Partial<Chosen>): void => {
      if (ending.current === own) setChosen({ file, sentBytes: 0, upload: null, problem: null, ...more });
    };
    told({});
    void send(file, own.signal, (sentBytes) => told({ sentBytes })).then(
      (upload) => told({ sentBytes: file.size, upload }),
      (error: unknown) => told({ problem: problemOf(error) }),
    );
  }, []);
  const clear = useCallback((): void => {
    ending.current?.abort();
    ending.current = null;
    setChosen(null);
  }, []);
  return { chosen, choose, again: () => chosen !== null && choose(chosen.file), clear };
}

/** What is too large is sent nowhere: the server would hang up in the middle, and nobody would hear why. */
async function send(file: File, signal: AbortSignal, progress: (sentBytes: number) => void): Promise<Upload> {
  const { largestBytes } = await server.uploadLimits();
  if (file.size > largestBytes)
    throw new ProblemError(
      'body-too-large',
      `${file.name} has ${count(file.size)} bytes of at most ${count(largestBytes)}`,
      {
        hint: 'Pack it with gzip, split it, or raise TRADEWRIGHT_UPLOAD_SIZE of the server.',
      },
    );
  return server.upload(file.name, file, { progress, signal });
}
