import type { Output } from '../../api/operations/table.ts';
import { CHECK_MARKS } from '../../core/report/html/lookup.ts';
import { pad, type Style, WIDTH, widthOf, wrapWords } from '../style.ts';

type CheckLine = Output<'check'>['checks'][number];

/** `label   text`, further lines of the text under the first. */
export function labelled(label: string, text: string, style: Style, width = 10): string {
  const lines = wrapWords(text, WIDTH - width - 1);
  return lines.map((line, k) => ` ${pad(k === 0 ? style.dim(label) : '', width)}${line}`).join('\n');
}

/** Parts one after the other, a new line where the next would not fit. */
export function flow(label: string, parts: readonly string[], style: Style, width = 10): string {
  const lines: string[] = [];
  let line = '';
  for (const part of parts) {
    if (line !== '' && width + 1 + widthOf(line) + 3 + widthOf(part) > WIDTH) {
      lines.push(line);
      line = part;
    } else line = line === '' ? part : `${line}   ${part}`;
  }
  return [...lines, line].map((text, k) => ` ${pad(k === 0 ? style.dim(label) : '', width)}${text}`).join('\n');
}

export function mark(status: CheckLine['status'], style: Style): string {
  const [sign] = CHECK_MARKS[status];
  return status === 'passed'
    ? style.good(sign)
    : status === 'failed'
      ? style.bad(sign)
      : status === 'warning'
        ? style.warn(sign)
        : style.dim(sign);
}

/** Whole numbers in groups of three. */
export function count(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `17,544 bars`, `1 bar`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** A value of a request or a parameter as one would type it. */
export const plain = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

export const day = (time: string): string => time.slice(0, 10);
/** `2024-01-31 13:05`. */
export const minute = (time: string): string => time.slice(0, 16).replace('T', ' ');
