import type { Output } from '../../api/operations/table.ts';
import { pad } from '../style.ts';
import { flow } from './parts.ts';
import type { Rendering, Scene } from './render.ts';

const COLOURS = { error: 'bad', warn: 'warn', info: 'accent', debug: 'dim' } as const;

export function renderLogs({ folder, lines }: Output<'logs'>, { style }: Scene): Rendering {
  if (lines.length === 0)
    return {
      text: ` ${folder === null ? 'logs go into no files' : 'no such lines'}`,
      next: folder === null ? 'TRADEWRIGHT_LOG=home tradewright serve' : null,
    };
  const text = lines.flatMap(({ time, level, log, module, what, fields }) => [
    flow(
      style[COLOURS[level]](pad(level, 6)),
      [time.slice(0, 19).replace('T', ' '), log, module, style.bold(what)],
      style,
      7,
    ),
    flow(
      '',
      Object.entries(fields)
        .filter(([name]) => name !== 'correlation')
        .map(([name, value]) => `${name} ${String(value)}`),
      style,
      7,
    ),
  ]);
  return { text: text.filter((line) => line.trim() !== '').join('\n'), next: null };
}
