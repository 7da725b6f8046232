import type { HeardEvent, HeardUpdate } from '../../api/operations/listen.ts';
import type { Output } from '../../api/operations/table.ts';
import { type Style, shorten, WIDTH } from '../style.ts';
import { counted, flow } from './parts.ts';
import type { Rendering, Scene } from './render.ts';

export function renderHeard({ events }: HeardUpdate, { style }: Scene): string {
  return events.map((event) => lineOf(event, style)).join('\n');
}

function lineOf({ session, time, type, data }: HeardEvent, style: Style): string {
  const when = ` ${time.slice(0, 19).replace('T', ' ')}`;
  const parts = Object.entries(data)
    .filter(([name]) => name !== 'causedBy' && name !== 'input')
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const room = WIDTH - `${when}  ${session}  ${type}  `.length;
  return `${when}  ${style.bold(session)}  ${type}  ${style.dim(shorten(parts.join(', '), Math.max(8, room)))}`;
}

export function renderListened({ heard, lost, newest }: Output<'listen'>, { style }: Scene): Rendering {
  const parts = [counted(heard, 'event'), ...(lost > 0 ? [style.warn(`${lost} not there any more`)] : [])];
  return {
    text: flow('heard', parts, style),
    next: newest.length === 0 ? null : `tradewright listen ${newest.map((id) => `--after ${id}`).join(' ')}`,
  };
}
