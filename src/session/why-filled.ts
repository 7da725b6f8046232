import { causes } from '../core/engine/narrate.ts';
import { Cross, Series } from '../core/indicators/series.ts';
import type { RuleLine } from '../core/risk/explain.ts';
import { EVENT } from '../core/vocabulary/events.ts';
import type { JournalRecord } from '../ports/journal.ts';
import type { SessionCore } from './session-core.ts';
import type { SessionInput } from './session-input.ts';

/** Where the chain of a fill stands in the event log of a session that has been replayed. Numbers of events, −1 where there is none. */
export interface FillChain {
  readonly fill: number;
  readonly order: number;
  readonly signal: number;
  /** What the venue said of the order, the fill included. */
  readonly reports: readonly number[];
  readonly position: number;
  /** The fill, its causes, back to the first. */
  readonly causes: readonly number[];
}

/** Follows a fill back through its order to the signal, and on to the position. Throws RangeError for a fill that is not there. */
export function chainOf({ engine: { state } }: SessionCore, fill: number): FillChain {
  if (!(Number.isInteger(fill) && fill >= 0 && fill < state.fills.count)) throw new RangeError(`no fill ${fill}`);
  const seq = state.fills.column.seq[fill]!;
  const order = state.fills.column.order[fill]!;
  const { cause, type } = state.log.column;
  const placed = state.orders.column.placedSeq[order]!;
  const reports: number[] = [];
  let position = -1;
  for (let at = placed + 1; at < state.log.count; at++) {
    if (cause[at] === placed && at <= seq && type[at] !== EVENT['order-placed']) reports.push(at);
    if (cause[at] === seq && position < 0) position = at;
  }
  const chain = causes(state, seq);
  const signal = chain.find((at) => type[at] === EVENT['signal-generated']) ?? -1;
  return { fill, order, signal, reports, position, causes: chain };
}

/** What can be known only while it happens. */
export interface SeenCauses {
  /** The record whose input the signal followed from; null where there was no signal. */
  readonly record: JournalRecord | null;
  /** Values of the strategy's indicators when the signal was given. */
  readonly indicators: readonly { readonly name: string; readonly value: number | null }[];
  /** What every rule said of the order; null where none was asked, as of a liquidation. */
  readonly rules: readonly RuleLine[] | null;
}

/** Watches a second replay for what stood behind a fill. Hand the core over before its first record. */
export class CauseWatch {
  readonly #chain: FillChain;
  #core: SessionCore | null = null;
  #record: JournalRecord | null = null;
  #indicators: SeenCauses['indicators'] = [];
  #rules: readonly RuleLine[] | null = null;

  constructor(chain: FillChain) {
    this.#chain = chain;
  }

  prepare(core: SessionCore): void {
    this.#core = core;
    const { engine } = core;
    engine.desk.dispatch.witness = (draft, view) => {
      if (engine.state.orders.count === this.#chain.order) this.#rules = engine.risk.explain(draft, view);
    };
  }

  /** After each record; false once all is seen. */
  look(record: JournalRecord): boolean {
    const { state, seats } = this.#core!.engine;
    const { signal, order } = this.#chain;
    if (this.#record === null && signal >= 0 && state.log.count > signal) {
      this.#record = record;
      const seat = seats[state.log.column.strategy[signal]!];
      this.#indicators = seat === undefined ? [] : valuesOf(seat.context.ind, '');
    }
    return state.orders.count <= order || (signal >= 0 && this.#record === null);
  }

  get seen(): SeenCauses {
    return { record: this.#record, indicators: this.#indicators, rules: this.#rules };
  }
}

/** The input of a record; null of a record that is none. */
export function inputOf({ kind, payload }: JournalRecord): SessionInput | null {
  return kind === 'input' ? (payload as unknown as SessionInput) : null;
}

/** Current values of every series in what a strategy's `indicators` returned, by the names it gave them. */
function valuesOf(value: unknown, path: string): { name: string; value: number | null }[] {
  if (value instanceof Series) return [{ name: path, value: Number.isNaN(value.value) ? null : value.value }];
  if (value instanceof Cross) return valuesOf(value.direction, path);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, below]) => valuesOf(below, path === '' ? name : `${path}.${name}`));
}
