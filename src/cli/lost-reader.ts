/** What a stream says when who read it has gone: a pipe that is closed, a terminal that is not there any more. */
const GONE: ReadonlySet<string | undefined> = new Set(['EPIPE', 'EIO']);

export const isGone = (error: NodeJS.ErrnoException): boolean => GONE.has(error.code);

/** Lets the program go on when nobody reads what it says any more; any other fault of its output still ends it. */
export function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error) => {
      if (!isGone(error)) throw error;
    });
}
