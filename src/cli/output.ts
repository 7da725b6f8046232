import type { FailureDocument } from '../api/failures.ts';
import { type Operation, schemaName, type Warning } from '../api/operation.ts';
import { type Style, WIDTH, wrapWords } from './style.ts';

/** The one object that `--json` prints for a result. */
export function jsonResult(schema: string, data: unknown, warnings: readonly Warning[]): string {
  return `${JSON.stringify({ schema, ok: true, data, warnings })}\n`;
}

/** The one object that `--json` prints for a failure; on standard output too, so that programs read one stream. */
export function jsonFailure(operation: Operation | null, error: FailureDocument, warnings: readonly Warning[]): string {
  return `${JSON.stringify({ schema: operation === null ? 'tradewright.failure/1' : schemaName(operation), ok: false, error, warnings })}\n`;
}

/** A failure in words: what, what to do, where to read on. */
export function textFailure(error: FailureDocument, style: Style): string {
  const lines = wrapWords(error.message, WIDTH - 9).map(
    (line, k) => `${k === 0 ? `${style.bad('error')}    ` : '         '}${line}`,
  );
  const hints = wrapWords(error.hint, WIDTH - 9).map(
    (line, k) => `${k === 0 ? `${style.dim('hint')}     ` : '         '}${line}`,
  );
  return [
    ...lines,
    ...hints,
    `${style.dim('docs')}     ${style.dim(`tradewright docs ${error.docs}   (${error.code})`)}`,
  ].join('\n');
}

export function textWarning(warning: Warning, style: Style): string {
  return wrapWords(`${warning.message}. ${warning.hint}`, WIDTH - 9)
    .map((line, k) => `${k === 0 ? `${style.warn('warning')}  ` : '         '}${line}`)
    .join('\n');
}
