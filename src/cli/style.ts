/** Colours and widths of what stands on a terminal. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  warn(text: string): string;
  accent(text: string): string;
}

const ESC = '\u001b[';
const wrap =
  (on: boolean, open: number, close: number) =>
  (text: string): string =>
    on && text !== '' ? `${ESC}${open}m${text}${ESC}${close}m` : text;

export function styleFor(color: boolean): Style {
  return {
    bold: wrap(color, 1, 22),
    dim: wrap(color, 2, 22),
    good: wrap(color, 32, 39),
    bad: wrap(color, 31, 39),
    warn: wrap(color, 33, 39),
    accent: wrap(color, 36, 39),
  };
}

/** Whether a stream shows colours: it is a terminal, and nobody asked for none. */
export function showsColor(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  return stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
}

/** Widest line that is printed. */
export const WIDTH = 100;

const CODES = new RegExp(`${ESC.replace('[', '\\[')}\\d+m`, 'g');

/** Columns that a text takes, colours not counted. */
export function widthOf(text: string): number {
  return Array.from(text.replace(CODES, '')).length;
}

/** Rows that a line takes on a terminal of `columns`, which breaks what is longer. */
export function rowsOf(line: string, columns: number | undefined): number {
  return columns === undefined || columns < 1 ? 1 : Math.max(1, Math.ceil(widthOf(line) / columns));
}

export function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const blanks = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'left' ? text + blanks : blanks + text;
}

/** Text of at most `width` columns: prose loses its end, a path or a name its middle. */
export function shorten(text: string, width: number): string {
  const letters = Array.from(text);
  if (letters.length <= width) return text;
  if (text.includes(' ')) return `${letters.slice(0, width - 1).join('')}…`;
  const head = Math.ceil((width - 1) / 2);
  return `${letters.slice(0, head).join('')}…${letters.slice(letters.length - (width - 1 - head)).join('')}`;
}

/** Words in lines of at most `width` columns. */
export function wrapWords(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}
