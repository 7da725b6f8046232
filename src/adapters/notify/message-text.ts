import type { AlertMessage } from '../../ports/notifier.ts';

/** A subject or first line. */
export function subjectOf({ severity, title, step }: AlertMessage): string {
  return oneLine(`[${severity}]${step > 0 ? ' not acknowledged:' : ''} ${title}`);
}

/** Everything that is known, a line each. */
export function linesOf(message: AlertMessage): readonly string[] {
  const { text, session, strategy, instrument, atMs, count, rule, alert } = message;
  const fact = (name: string, value: string | null): string[] => (value === null ? [] : [`${name}: ${value}`]);
  return [
    text,
    '',
    ...fact('session', session),
    ...fact('strategy', strategy),
    ...fact('instrument', instrument),
    `time: ${new Date(atMs).toISOString()}`,
    ...(count > 1 ? [`so far: ${count} times`] : []),
    `rule: ${rule}; acknowledge: tradewright alert ack ${alert}`,
  ];
}

export function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').trim();
}

/** At most so many UTF-16 units, no character cut in two. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = most - 1;
  const last = text.charCodeAt(end - 1);
  return `${text.slice(0, last >= 0xd800 && last < 0xdc00 ? end - 1 : end)}…`;
}
