import { DataFileError, excerpt } from '../../core/market/data-file-error.ts';

/** A name that pandas writes for a column of two levels, as yfinance has them: `('Close', 'AAPL')`. */
const TWO_LEVELS = /^\('([^']*)', '([^']*)'\)$/;

/** Names of columns as they are looked up: of those with two levels the first, which says what it is. */
export function firstLevels(names: readonly string[]): readonly string[] {
  return names.map((name) => TWO_LEVELS.exec(name)?.[1] ?? name);
}

/** Throws {@link DataFileError} mixed-symbols where the second levels of columns are several symbols. */
export function refuseSeveralSymbols(file: string, names: readonly string[]): void {
  const symbols = [...new Set(names.flatMap((name) => TWO_LEVELS.exec(name)?.[2] ?? []))].filter((text) => text !== '');
  if (symbols.length < 2) return;
  throw new DataFileError({
    code: 'mixed-symbols',
    file,
    found: `columns of ${excerpt(symbols.slice(0, 3).join(', '))}`,
    expected: 'bars of one symbol',
    hint: 'Write each symbol to a file of its own.',
  });
}
