import type { ReactNode } from 'react';
import { Panel, Shown } from '../../parts/panel.tsx';
import { parseSamples, type Sample } from './metrics.ts';
import { EVERY_MS, useMetrics } from './use-fetched.ts';

interface MetricsPanelProps<T> {
  readonly title: string;
  /** What of the server's figures stands in it. */
  readonly of: (samples: readonly Sample[]) => readonly T[];
  readonly empty: string;
  readonly children: (found: readonly T[]) => ReactNode;
}

/** Figures of the server that have labels. */
export function MetricsPanel<T>({ title, of, empty, children }: MetricsPanelProps<T>) {
  const view = useMetrics();
  return (
    <Panel title={title} isOfNow>
      <Shown
        view={view}
        again={view.again}
        lines={5}
        expectedMs={EVERY_MS}
        isEmpty={(text) => of(parseSamples(text)).length === 0}
        empty={<p>{empty}</p>}
      >
        {(text) => children(of(parseSamples(text)))}
      </Shown>
    </Panel>
  );
}
