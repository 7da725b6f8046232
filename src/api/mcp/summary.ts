import type { Warning } from '../operation.ts';
import { forTools, type Tool } from './tools.ts';

/** Longer words of a field are left to the JSON beside it. */
const LONGEST_VALUE = 60;
const MOST_FIELDS = 12;
const PLAIN = /^[\w.:@/+-]+$/;

/** One paragraph that tells the outline of an answer: its plain fields, and how long its lists are. */
export function summaryOf(
  { route }: Tool,
  answer: { readonly data: unknown; readonly warnings: readonly Warning[]; readonly next: readonly string[] },
  isRepeated: boolean,
): string {
  const { operation } = route;
  const fields = Object.entries(answer.data !== null && typeof answer.data === 'object' ? answer.data : {})
    .flatMap(([name, value]) => plain(name, value))
    .slice(0, MOST_FIELDS);
  return [
    `${operation.name}: ${fields.length === 0 ? 'done' : fields.join(', ')}.`,
    ...(isRepeated ? ['It was done before under this key; this is the answer of then.'] : []),
    ...answer.warnings.map(({ message, hint }) => forTools(`Warning: ${message}. ${hint}`)),
    ...(answer.next.length === 0 ? [] : [`Next: ${answer.next.join(', ')}.`]),
  ].join(' ');
}

function plain(name: string, value: unknown): readonly string[] {
  if (Array.isArray(value)) return [`${value.length} ${name}`];
  if (value === null) return [`${name} none`];
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return [];
  // Words that somebody wrote are quoted: they are data, whatever they say.
  const text = typeof value === 'string' && !PLAIN.test(value) ? JSON.stringify(value) : String(value);
  return text.length > LONGEST_VALUE ? [] : [`${name} ${text}`];
}
