import type { Command } from '../vocabulary/commands.ts';
import type { Json } from '../vocabulary/json.ts';
import type { OrderReport } from '../vocabulary/report.ts';
import type { TimeMs } from '../vocabulary/time.ts';

/** Everything that a session is told, in the order in which it is journaled. Numbered by its place. */
export type Input =
  | {
      readonly type: 'bar-closed';
      /** Number of the feed in the engine's configuration. */
      readonly feed: number;
      readonly openTimeMs: TimeMs;
      readonly open: number;
      readonly high: number;
      readonly low: number;
      readonly close: number;
      readonly volume: number;
    }
  /** All bars of this instant are in: now things follow from them. */
  | { readonly type: 'instant-ended'; readonly timeMs: TimeMs }
  | { readonly type: 'order-reported'; readonly report: OrderReport }
  | { readonly type: 'source-received'; readonly name: string; readonly value: Json }
  | { readonly type: 'command-given'; readonly command: Command };
