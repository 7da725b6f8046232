import { useConnection } from '../../desk/connection.ts';
import { useAnswer } from '../../desk/use-view.ts';
import { duration, timeText } from '../../format/times.ts';
import { Badge, type Tone } from '../../parts/badge.tsx';
import { Stat, Stats } from '../../parts/figure.tsx';
import { Panel, Shown } from '../../parts/panel.tsx';
import { useTick } from '../../parts/tick.ts';
import { useAppearance } from '../../theme/appearance.ts';
import { BudgetsPanel } from './budgets-panel.tsx';
import { JobsPanel } from './jobs-panel.tsx';
import { LatenciesPanel } from './latencies-panel.tsx';
import { LogsPanel } from './logs-panel.tsx';
import { FIGURES, parseMetrics } from './metrics.ts';
import { SchedulesPanel } from './schedules-panel.tsx';
import { EVERY_MS, useFetched, useMetrics } from './use-fetched.ts';

/** How the server itself is: modules, figures, checks of the installation. */
export function System() {
  return (
    <div className="grid items-start gap-3 xl:grid-cols-2">
      <h1 className="sr-only">System</h1>
      <FiguresPanel />
      <HealthPanel />
      <LatenciesPanel />
      <BudgetsPanel />
      <DoctorPanel />
      <JobsPanel />
      <SchedulesPanel />
      <LogsPanel />
    </div>
  );
}

/** Figures of the process, the ones that Prometheus reads. */
function FiguresPanel() {
  const view = useMetrics();
  const { state } = useConnection();
  const version = useAnswer('version', {}, { staleMs: Number.POSITIVE_INFINITY });
  return (
    <Panel
      title="This server"
      className="xl:col-span-2"
      actions={
        <a className="text-accent underline" href="/metrics">
          all metrics
        </a>
      }
    >
      <Shown view={view} again={view.again} lines={3} expectedMs={EVERY_MS}>
        {(text) => {
          const figures = parseMetrics(text);
          return (
            <Stats>
              <Stat name="Stream connection">{state}</Stat>
              {FIGURES.map(({ name, label, format }) =>
                figures.has(name) ? (
                  <Stat key={name} name={label}>
                    {format(figures.get(name)!)}
                  </Stat>
                ) : null,
              )}
              {version.phase === 'there' ? (
                <Stat name="Version" note={`Node ${version.data.node}`}>
                  {version.data.version}
                </Stat>
              ) : null}
            </Stats>
          );
        }}
      </Shown>
    </Panel>
  );
}

interface Health {
  readonly status: string;
  readonly modules: readonly {
    readonly name: string;
    readonly status: string;
    readonly latencyMs: number | null;
    readonly lastSuccess: string | null;
  }[];
}

const readHealth = async (response: Response): Promise<Health> => (await response.json()) as Health;

function HealthPanel() {
  const view = useFetched('/health', readHealth);
  const nowMs = useTick();
  const { clock } = useAppearance();
  return (
    <Panel
      title="Modules"
      actions={
        view.phase === 'there' ? (
          <Badge tone={view.data.status === 'ready' ? 'good' : 'bad'}>{view.data.status}</Badge>
        ) : null
      }
    >
      <Shown view={view} again={view.again} lines={5} expectedMs={EVERY_MS}>
        {({ modules }) => (
          <ul className="space-y-1">
            {modules.map(({ name, status, latencyMs, lastSuccess }) => (
              <li key={name} className="grid grid-cols-[1fr_5rem_9rem] items-center gap-2">
                <span>{name}</span>
                <span>
                  <Badge tone={status === 'ok' ? 'good' : 'bad'}>{status}</Badge>
                </span>
                <span className="figure text-right text-soft" title={timeText(lastSuccess, clock)}>
                  {latencyMs === null ? '' : duration(latencyMs)},{' '}
                  {lastSuccess === null ? 'never' : `${duration(nowMs - Date.parse(lastSuccess))} ago`}
                </span>
              </li>
            ))}
          </ul>
        )}
      </Shown>
    </Panel>
  );
}

const CHECKS: Readonly<Record<string, Tone>> = { passed: 'good', warning: 'warn', failed: 'bad', 'not-run': 'plain' };

function DoctorPanel() {
  const view = useAnswer('doctor', {}, { staleMs: 60_000 });
  return (
    <Panel title="Installation">
      <Shown view={view} again={view.again} lines={6}>
        {({ checks }) => (
          <ul className="space-y-1 text-sm">
            {checks.map(({ name, status, text, hint }) => (
              <li key={name} className="grid grid-cols-[5rem_1fr] items-start gap-2">
                <span>
                  <Badge tone={CHECKS[status] ?? 'plain'}>{status}</Badge>
                </span>
                <span className="min-w-0 break-words">
                  {/* Nearly all of them begin with what was looked at. */}
                  {text.toLowerCase().startsWith(name) ? null : <strong className="font-medium">{name}: </strong>}
                  {text}
                  {hint === null ? null : <span className="block text-soft">{hint}</span>}
                </span>
              </li>
            ))}
          </ul>
        )}
      </Shown>
    </Panel>
  );
}
