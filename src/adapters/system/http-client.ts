import type { HttpClient } from '../../ports/transport.ts';

export interface HttpClientOptions {
  /** Certificates in PEM form to trust beyond the machine's own. */
  readonly ca?: string | readonly string[];
  /** Connections to one origin; 16 by default. */
  readonly connections?: number;
  /** Larger answers are an error; 64 MiB by default. */
  readonly largestAnswerBytes?: number;
}

/** Real HTTP over pooled, kept-alive connections. */
export declare function openHttpClient(options?: HttpClientOptions): Promise<HttpClient>;
