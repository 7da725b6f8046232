import { latency } from '../../format/times.ts';
import { latenciesOf } from './metrics.ts';
import { MetricsPanel } from './metrics-panel.tsx';

/** What somebody waits for: the server's answers and loop, orders at their venues, journals on their disks. */
export function LatenciesPanel() {
  return (
    <MetricsPanel title="Latencies" of={latenciesOf} empty="Nothing was measured yet.">
      {(latencies) => (
        <dl className="grid grid-cols-[1fr_auto] gap-x-3 gap-y-1 text-sm">
          {latencies.map(({ of, what, seconds, count }) => (
            <div key={`${of} ${what}`} className="contents">
              <dt className="min-w-0 break-words">
                <strong className="min-w-0 font-medium">{of}</strong> <span className="text-soft">{what}</span>
              </dt>
              <dd className="figure text-right">
                {latency(seconds)}
                {count === null ? null : <span className="text-soft">{` of ${count}`}</span>}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </MetricsPanel>
  );
}
