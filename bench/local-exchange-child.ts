import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface ExchangeProcess {
  readonly port: number;
  readonly apiKey: string;
  readonly secret: string;
  /** Makes this many trades of the outside world. */
  trade(count: number): void;
  close(): Promise<void>;
}

/** Starts a local exchange in another process and answers when it listens. */
export async function startExchangeProcess(): Promise<ExchangeProcess> {
  const child: ChildProcessWithoutNullStreams = spawn(process.execPath, [
    join(import.meta.dirname, 'local-exchange-process.ts'),
  ]);
  child.stderr.pipe(process.stderr);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('exit', (code) => reject(new Error(`the exchange ended with ${code} before it listened`)));
  });
  const opened = JSON.parse(line) as { port: number; apiKey: string; secret: string };
  return {
    ...opened,
    trade: (count) => void child.stdin.write(`trade ${count}\n`),
    close: () => {
      child.stdin.end();
      return ended;
    },
  };
}
