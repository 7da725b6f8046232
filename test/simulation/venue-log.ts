import type { Json } from '../../src/core/vocabulary/json.ts';

interface Stamped {
  /** Place in the order of everything that happened in this world. */
  readonly tick: number;
  /** By the venue's clock. */
  readonly atMs: number;
}

/** What the venue, and the wire in front of it, have seen of an account. All that an auditor is told of the world outside. */
export type VenueEntry = Stamped &
  (
    | {
        /** The first byte of a request has left a process. `life`: which one. */
        readonly what: 'left';
        readonly life: number;
        readonly method: string;
        readonly path: string;
        readonly parameters: Readonly<Record<string, string>>;
      }
    | {
        /** A request that changes something was taken and answered, whether or not the answer ever arrived. */
        readonly what: 'answered';
        readonly life: number;
        readonly leftTick: number;
        /** When the venue took it, its time stamp being right; it may have worked at it for long. */
        readonly takenTick: number;
        readonly method: string;
        readonly path: string;
        readonly parameters: Readonly<Record<string, string>>;
        readonly status: number;
        readonly body: Json;
      }
    /** As it was told to whoever listened; whether it arrived is another matter. */
    | { readonly what: 'event'; readonly event: Json }
    /** A process has been told to be silent. */
    | { readonly what: 'blocked'; readonly life: number; readonly forMs: number }
    /** The venue's own answer to what the account holds and what rests, asked at the venue itself. */
    | { readonly what: 'statement'; readonly account: Json; readonly openOrders: Json; readonly trades: Json }
  );

type Unstamped<T> = T extends unknown ? Omit<T, keyof Stamped> : never;
/** An entry before it has its place. */
export type VenueNote = Unstamped<VenueEntry>;
