import { percent } from '../../format/numerals.ts';
import { metricText } from './metric-text.ts';
import type { Result } from './result-view.ts';

const MARKS = { passed: '✓', warning: '!', failed: '✗', 'not-run': '○' } as const;
const TONES = {
  passed: 'border-good text-good',
  warning: 'border-warn text-warn',
  failed: 'border-bad text-bad',
  'not-run': 'border-edge text-soft',
} as const;

/** Figures that say how much of the result is luck or cost. */
const FIGURES = ['deflatedSharpe', 'costShare', 'bestFiveTrades', 'sharpeLow95'] as const;

/** What speaks for and against believing the result: always in view. */
export function HonestyStrip({ result: { checks, metrics, interval } }: { readonly result: Result }) {
  const figures = FIGURES.flatMap((name) => metrics.find((metric) => metric.name === name) ?? []);
  return (
    <section
      aria-label="How far it can be believed"
      className="flex flex-wrap items-center gap-1.5 rounded-lg border bg-panel p-2 text-xs"
    >
      {checks.map(({ name, status, text, detail }) => (
        <span
          key={name}
          title={detail ?? text}
          className={`inline-flex items-center gap-1 rounded border px-1.5 py-0.5 ${TONES[status]}`}
        >
          <span aria-hidden="true">{MARKS[status]}</span>
          <span className="sr-only">{status}: </span>
          {text}
        </span>
      ))}
      {figures.map(({ name, label, value, unit, reason }) => (
        <span key={name} className="figure rounded border px-1.5 py-0.5 text-soft" title={reason ?? label}>
          {label.replace(/ \(.*\)$/, '')} <strong className="text-text">{metricText(value, unit)}</strong>
        </span>
      ))}
      {interval === null ? null : (
        <span
          className="figure rounded border px-1.5 py-0.5 text-soft"
          title="The same run under the worst and the best order of prices inside each bar"
        >
          order of prices in bars{' '}
          <strong className="text-text">
            {percent(interval.worst.totalReturn, { isSigned: true })} …{' '}
            {percent(interval.best.totalReturn, { isSigned: true })}
          </strong>
        </span>
      )}
    </section>
  );
}
