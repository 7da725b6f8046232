import type { TimeMs } from '../core/vocabulary/time.ts';

/** Something that took its time, once it is over. */
export interface Span {
  readonly name: string;
  readonly startMs: TimeMs;
  readonly endMs: TimeMs;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  /** Why it failed; null where it did not. */
  readonly failure: string | null;
  /** Whether it answers somebody outside. */
  readonly isServer?: boolean;
  /** What it is a part of elsewhere, as a header `traceparent` (W3C Trace Context) says it. */
  readonly parent?: string | null;
  readonly parts?: readonly Span[];
}

/** Tells a collector of traces what took how long. It never holds anybody up: where it cannot keep pace, spans are left out. */
export interface Tracing {
  /** False where there is no collector: who would have to work for spans need not. */
  readonly isOn: boolean;
  record(span: Span): void;
  /** Sends what is left. */
  close(): Promise<void>;
}
