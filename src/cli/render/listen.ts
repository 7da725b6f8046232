import type { HeardEvent } from '../../api/operations/listen.ts';
import type { Output } from '../../api/operations/table.ts';
import { counted, flow } from './parts.ts';
import type { Rendering, Scene } from './render.ts';

export function renderHeard({ session, time, type, data }: HeardEvent, { style }: Scene): string {
  const parts = Object.entries(data)
    .filter(([name]) => name !== 'causedBy' && name !== 'input')
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return ` ${time.slice(0, 19).replace('T', ' ')}  ${style.bold(session)}  ${type}  ${style.dim(parts.join(', '))}`;
}

export function renderListened({ heard, lost, newest }: Output<'listen'>, { style }: Scene): Rendering {
  const parts = [counted(heard, 'event'), ...(lost > 0 ? [style.warn(`${lost} not there any more`)] : [])];
  return {
    text: flow('heard', parts, style),
    next: newest.length === 0 ? null : `tradewright listen ${newest.map((id) => `--after ${id}`).join(' ')}`,
  };
}
