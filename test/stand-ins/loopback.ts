export const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

/** Waits for something that comes over real sockets. */
export async function until(isTrue: () => boolean | Promise<boolean>, what: string, longestMs = 90_000): Promise<void> {
  for (const beganMs = performance.now(); !(await isTrue()); ) {
    if (performance.now() - beganMs > longestMs) throw new Error(`waited ${longestMs} ms for ${what}`);
    await pause(5);
  }
}
