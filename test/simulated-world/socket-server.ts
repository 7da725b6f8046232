import type { SimulatedLink } from './dialer.ts';

/** What becomes of an attempt to connect. `no-answer`: the handshake never comes back. */
export type DialOutcome = 'accept' | 'no-answer' | 'name-unresolved' | 'refused' | 'certificate';

/** A server as a test writes it. Called in simulated time, after the way there. */
export interface SimulatedSocketServer {
  /** `accept` by default. */
  dialed?(url: string, headers: Readonly<Record<string, string>>): DialOutcome;
  accepted?(link: SimulatedLink): void;
  received?(link: SimulatedLink, data: string | Uint8Array): void;
  /** The client's end has gone, in order or not. */
  left?(link: SimulatedLink): void;
}
