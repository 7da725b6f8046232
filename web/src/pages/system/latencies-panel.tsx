import { latency } from '../../format/times.ts';
import { Panel, Shown } from '../../parts/panel.tsx';
import { latenciesOf, parseSamples } from './metrics.ts';
import { EVERY_MS, useMetrics } from './use-fetched.ts';

/** What somebody waits for: the server's answers and loop, orders at their venues, journals on their disks. */
export function LatenciesPanel() {
  const view = useMetrics();
  return (
    <Panel title="Latencies" isOfNow>
      <Shown
        view={view}
        again={view.again}
        lines={5}
        expectedMs={EVERY_MS}
        isEmpty={(text) => latenciesOf(parseSamples(text)).length === 0}
        empty={<p>Nothing was measured yet.</p>}
      >
        {(text) => (
          <dl className="grid grid-cols-[1fr_auto] gap-x-3 gap-y-1 text-sm">
            {latenciesOf(parseSamples(text)).map(({ of, what, seconds, count }) => (
              <div key={`${of} ${what}`} className="contents">
                <dt className="min-w-0 break-words">
                  <strong className="font-medium">{of}</strong> <span className="text-soft">{what}</span>
                </dt>
                <dd className="figure text-right">
                  {latency(seconds)}
                  {count === null ? null : <span className="text-soft">{` of ${count}`}</span>}
                </dd>
              </div>
            ))}
          </dl>
        )}
      </Shown>
    </Panel>
  );
}
