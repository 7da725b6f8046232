import type { Clock } from '../../ports/clock.ts';
import type { Failure } from '../failures.ts';
import type { JobTally } from '../handlers/job-tally.ts';
import type { McpTier } from '../mcp/tiers.ts';
import type { Role } from '../roles.ts';
import type { World } from '../world.ts';
import type { Probes } from './health.ts';
import type { BusFigures } from './metrics.ts';
import type { Compare } from './passwords.ts';
import type { Execute } from './serving.ts';

export interface ServerOptions {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** PEM; null for plain HTTP. */
  readonly tls: { readonly key: string; readonly cert: string } | null;
  /** The last address before this one is a proxy's, which says who asked it. */
  readonly isBehindProxy: boolean;
  /** Names that the header `host` may have; null for any. */
  readonly hosts: readonly string[] | null;
  /** Whether who has no key may do anything. */
  readonly allowsLocal: boolean;
  /** What compares a password with a stored hash; argon2id by default. */
  readonly comparePassword?: Compare;
  /** Requests a second of an address, in the long run. */
  readonly rate: number;
  /** Requests a second of a client, in the long run. */
  readonly quota: number;
  /** What an assistant without a key may do; research by default. */
  readonly mcpTier?: McpTier;
  /** How long clients may take; shorter in tests. */
  readonly patience?: { readonly requestMs?: number; readonly checkMs?: number; readonly silenceMs?: number };
  /** What this process does; null: everything. */
  readonly roles?: ReadonlySet<Role> | null;
  readonly world: World;
  readonly clock: Clock;
  readonly execute: Execute;
  readonly failureOf: (error: unknown) => Failure;
  readonly probes: Probes;
  readonly busFigures: () => BusFigures;
  /** What this server's worker has carried out; absent where it has none. */
  readonly jobTally?: JobTally;
  /** What nobody foresaw, with the correlation id of the request. */
  readonly onDefect: (error: unknown, correlation: string) => void;
  onAnswer?(answer: {
    readonly correlation: string;
    readonly method: string;
    readonly route: string;
    readonly status: number;
    readonly elapsedMs: number;
    readonly client: string | null;
    /** The header `traceparent`, as it came. */
    readonly traceparent: string | null;
  }): void;
}

export interface Server {
  readonly port: number;
  /** Requests that were answered. */
  answered(): number;
  /** Requests that are under way. */
  underWay(): number;
  /** Takes no more requests, ends streams, finishes deeds, and cuts what is left after `longestMs`. */
  close(longestMs: number): Promise<void>;
}
