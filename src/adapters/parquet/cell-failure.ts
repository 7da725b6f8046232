import { DataFileError, type DataFileErrorCode, excerpt } from '../../core/market/data-file-error.ts';

/** A cell that cannot be read. `row` from 0; told from 1, as lines are. */
export function cellFailure(
  code: DataFileErrorCode,
  file: string,
  row: number,
  field: string,
  value: unknown,
  expected: string,
  hint: string,
): DataFileError {
  return new DataFileError({
    ...{ code, file, line: row + 1, field, expected },
    found: excerpt(String(value)),
    hint: `${hint} The line is the row of the table, from 1.`,
  });
}
