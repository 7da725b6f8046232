import type { VenueCapabilities } from '../execution/capabilities.ts';
import type { CompiledLimits } from '../risk/limits.ts';
import type { AnyStrategy } from '../strategy/define-strategy.ts';
import type { CalendarName } from '../vocabulary/calendar.ts';
import type { InstrumentDefinition } from '../vocabulary/instrument.ts';
import type { Json } from '../vocabulary/json.ts';
import type { TimeframeSpec } from '../vocabulary/time.ts';
import type { AccountConfig } from './session-state.ts';

/** A strategy with what it runs with. */
export interface StrategyConfig {
  readonly strategy: AnyStrategy;
  readonly params?: Readonly<Record<string, Json>>;
  /** Share of the capital; equal shares where no strategy says. */
  readonly allocation?: number;
  /** Instruments that it sees, by id; all of the session's where absent. The first is its own where its feeds name none. */
  readonly instruments?: readonly string[];
}

export interface EngineConfig {
  /** Names the session in client order ids: at most 12 letters and digits. */
  readonly session: string;
  readonly instruments: readonly InstrumentDefinition[];
  readonly account: AccountConfig;
  readonly capabilities: VenueCapabilities;
  readonly limits: CompiledLimits;
  /** Base bars that will come, one entry an instrument. */
  readonly feeds: readonly {
    readonly instrument: string;
    readonly timeframe: TimeframeSpec;
    readonly runTimeframe?: TimeframeSpec;
    /** When the instrument trades; always where absent. Higher bars close with its sessions. */
    readonly calendar?: CalendarName;
  }[];
  readonly strategies: readonly StrategyConfig[];
  /** Whether orders wait until indicators have settled, or only until they have values. */
  readonly warmUp?: 'settled' | 'ready';
}
