import { BroadcastChannel } from 'node:worker_threads';
import type { Hints } from '../../ports/hints.ts';

/** Hints among the threads of this process; `name` is of the installation. Other processes of it hear nothing and look by themselves. */
export function threadHints(name: string): Hints {
  const channel = new BroadcastChannel(`tradewright ${name}`);
  const listeners = new Set<(hint: string) => void>();
  const hear = (hint: string): void => {
    for (const listener of listeners) listener(hint);
  };
  channel.onmessage = (message) => hear(String((message as MessageEvent).data));
  // Who waits for a hint keeps no process going.
  channel.unref();
  let hasEnded = false;
  return {
    tell(hint) {
      if (hasEnded) return;
      channel.postMessage(hint);
      // A channel does not hear itself.
      queueMicrotask(() => hear(hint));
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
