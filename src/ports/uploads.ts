export type UploadErrorCode = 'too-large' | 'disk-full' | 'cut-off' | 'too-many';

/** A file that could not be kept. Nothing of it is there. */
export class UploadError extends Error {
  override readonly name = 'UploadError';
  readonly code: UploadErrorCode;

  constructor(code: UploadErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Files that clients of a server have brought, each under an id of its own, until they are imported or a day has passed. */
export interface Uploads {
  /** Most bytes of a file, and of its text once it is unpacked. */
  readonly largestBytes: number;
  /** So long a file is kept. */
  readonly keptMs: number;
  /** Keeps a file whole or not at all; of `saidBytes` it has to be, where that is known. Rejects with {@link UploadError}, or with what `parts` throws. */
  keep(
    parts: AsyncIterable<Uint8Array>,
    saidBytes: number | null,
  ): Promise<{ readonly id: string; readonly bytes: number }>;
  /** Where a file lies; null where it does not. */
  pathOf(id: string): string | null;
  /** Forgets a file; nothing where it is not there. */
  remove(id: string): void;
  /** Forgets what is too old, and what was left half-written by a program that died. */
  sweep(): void;
}
