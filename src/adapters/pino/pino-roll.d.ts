declare module 'pino-roll' {
  import type { DestinationStream } from 'pino';

  interface Rolling extends DestinationStream {
    flushSync(): void;
    end(): void;
    on(event: 'error' | 'close', listener: (error?: Error) => void): this;
    once(event: 'close', listener: () => void): this;
  }
  export default function roll(options: {
    readonly file: string;
    readonly size: string;
    readonly limit: { readonly count: number; readonly removeOtherLogFiles: boolean };
    readonly mkdir: boolean;
    readonly mode: number;
  }): Promise<Rolling>;
}
