import type { SocketDialer } from '../../ports/transport.ts';

/** Trust beyond the machine's own, for a venue on this machine. */
export interface TlsOptions {
  /** Certificates in PEM form. */
  readonly ca?: string | readonly string[];
}

/** Real WebSocket connections. */
export declare function openSocketDialer(options?: TlsOptions): Promise<SocketDialer>;
