import { METRIC_FAMILIES, SERVER_FAMILIES } from '../../src/api/http/metric-families.ts';
import { VITALS } from '../../src/ports/session-vitals.ts';
import { code, page, table } from './markdown.ts';

export function serverMetricsPage(): string {
  const own = new Set(Object.values(SERVER_FAMILIES).map(({ name }) => name));
  const rows = (isOwn: boolean): string[][] =>
    METRIC_FAMILIES.filter(({ name }) => own.has(name) === isOwn).map(({ name, type, help, labels }) => [
      code(name),
      type,
      labels.map(code).join(', '),
      `${help}.`,
    ]);
  const head = ['series', 'type', 'labels', 'meaning'];
  return page(
    'Server metrics',
    'Every series that a server tells Prometheus, and every figure that a condition of an alert may name. To look things up.',
    [
      `${code('GET /metrics')} needs the scope read. ${code('deploy/')} in the sources has a configuration for Prometheus, rules beside the alerts of Tradewright, and a dashboard for Grafana; a test keeps the names in them equal to these.`,
      '## Of the server',
      table(head, rows(true)),
      '## Of sessions',
      'Told by each session that runs on the home, every two seconds, also where no server runs. Sessions that fell silent 15 s ago have no figures; those that somebody ended are gone. No more than a hundred sessions have series, the newest.',
      table(head, rows(false)),
      '## Figures for conditions',
      `What ${code('tradewright alert add --when')} may name: the last part of the names above.`,
      table(
        ['figure', 'meaning'],
        Object.entries(VITALS).map(([name, meaning]) => [code(name), `${meaning}.`]),
      ),
    ],
  );
}
