import { money } from '../../format/numerals.ts';
import { Panel } from '../../parts/panel.tsx';
import type { Result } from './result-view.ts';

/** From gross to net profit, cost by cost. */
export function CostsPanel({ result: { costs } }: { readonly result: Result }) {
  let level = 0;
  const steps = costs.map(({ label, amount }, k) => {
    const isTotal = k === 0 || k === costs.length - 1;
    const from = isTotal ? 0 : level;
    level = isTotal ? amount : level + amount;
    return { label, amount, isTotal, low: Math.min(from, level), high: Math.max(from, level) };
  });
  const low = Math.min(0, ...steps.map((step) => step.low));
  const span = Math.max(0, ...steps.map((step) => step.high)) - low || 1;
  return (
    <Panel title="From gross to net">
      <ul className="space-y-2">
        {steps.map(({ label, amount, isTotal, low: from, high }) => (
          <li key={label}>
            <p className="flex justify-between text-sm">
              <span className="first-letter:uppercase">{label}</span>
              <span className="figure">{money(amount, { isSigned: true })}</span>
            </p>
            <div aria-hidden="true" className="relative mt-0.5 h-2.5 rounded bg-raised">
              <div
                className={`absolute h-full min-w-0.5 rounded ${isTotal ? 'bg-accent' : amount < 0 ? 'bg-down' : 'bg-up'}`}
                style={{ left: `${((from - low) / span) * 100}%`, width: `${((high - from) / span) * 100}%` }}
              />
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
