/** Why a data file cannot be read. */
export type DataFileErrorCode =
  | 'file-not-found'
  | 'file-unreadable'
  | 'file-empty'
  | 'file-too-large'
  | 'file-truncated'
  | 'file-damaged'
  | 'header-too-long'
  | 'columns-unknown'
  | 'columns-wrong'
  | 'bad-number'
  | 'bad-time'
  | 'bad-side'
  | 'mixed-timestamps'
  | 'mixed-symbols'
  | 'format-unsupported';

export interface DataFileErrorDetails {
  readonly code: DataFileErrorCode;
  readonly file: string;
  /** Line from 1, where the file has lines. */
  readonly line?: number | undefined;
  /** Column from 1, and its header where there is one. */
  readonly column?: number | undefined;
  readonly field?: string | undefined;
  readonly found: string;
  readonly expected: string;
  readonly hint: string;
}

/** A data file that cannot be read as asked. The message is one sentence with place, found, expected and what to do. */
export class DataFileError extends Error {
  override readonly name = 'DataFileError';
  readonly code: DataFileErrorCode;
  readonly file: string;
  readonly line: number | null;
  readonly column: number | null;
  readonly field: string | null;
  readonly found: string;
  readonly expected: string;
  readonly hint: string;
  /** Reading the same bytes again gives the same error. */
  readonly retryable = false;

  constructor(details: DataFileErrorDetails) {
    super(sentence(details));
    this.code = details.code;
    this.file = details.file;
    this.line = details.line ?? null;
    this.column = details.column ?? null;
    this.field = details.field ?? null;
    this.found = details.found;
    this.expected = details.expected;
    this.hint = details.hint;
  }
}

function sentence(details: DataFileErrorDetails): string {
  const line = details.line === undefined ? '' : `:${details.line}`;
  const column = details.column === undefined ? '' : `, column ${details.column}`;
  const field = details.field === undefined ? '' : ` (${details.field})`;
  return `${details.file}${line}${column}${field}: expected ${details.expected}, found ${details.found}. ${details.hint}`;
}

/** Text as it may appear in a message: quoted, cut, without control characters. */
export function excerpt(text: string, limit = 60): string {
  return JSON.stringify(text.length > limit ? `${text.slice(0, limit)}…` : text);
}
