import { BroadcastChannel } from 'node:worker_threads';
import type { Hints } from '../../ports/hints.ts';

/** Hints among the threads of this process; `name` is of the installation. Other processes of it hear nothing and look by themselves. */
export function threadHints(name: string): Hints {
  const channel = new BroadcastChannel(`tradewright ${name}`);
  const listeners = new Set<(hint: string) => void>();
  const hear = (hint: string): void => {
    for (const listener of listeners) listener(hint);
  };
  channel.onmessage = (message) => {
    for (const hint of (message as { readonly data: readonly string[] }).data) hear(hint);
  };
  // Who waits for a hint keeps no process going.
  channel.unref();
  let hasEnded = false;
  let told: string[] = [];
  /** What is told in one turn of the thread is one message. */
  const send = (): void => {
    const hints = told;
    told = [];
    if (hasEnded) return;
    channel.postMessage(hints);
    // A channel does not hear itself.
    for (const hint of hints) hear(hint);
  };
  return {
    tell(hint) {
      if (told.push(hint) === 1) setImmediate(send);
    },
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      hasEnded = true;
      channel.close();
    },
  };
}
