export const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

/** Waits for something that comes over real sockets. */
export async function until(isTrue: () => boolean, what: string, longestMs = 5_000): Promise<void> {
  for (let waitedMs = 0; !isTrue(); waitedMs += 5) {
    if (waitedMs > longestMs) throw new Error(`waited ${longestMs} ms for ${what}`);
    await pause(5);
  }
}
