import type { ReactNode } from 'react';

const TONES = {
  plain: 'border-edge text-soft',
  accent: 'border-accent text-accent bg-accent/10',
  good: 'border-good text-good bg-good/10',
  warn: 'border-warn text-warn bg-warn/10',
  bad: 'border-bad text-bad bg-bad/10',
  violet: 'border-violet text-violet bg-violet/10',
} as const;
export type Tone = keyof typeof TONES;

/** A word in a frame: the state of something. */
export function Badge({
  tone = 'plain',
  children,
  title,
}: {
  readonly tone?: Tone;
  readonly children: ReactNode;
  readonly title?: string;
}) {
  return (
    <span
      title={title}
      className={`inline-flex items-center gap-1 rounded border px-1.5 text-xs leading-5 whitespace-nowrap ${TONES[tone]}`}
    >
      {children}
    </span>
  );
}
