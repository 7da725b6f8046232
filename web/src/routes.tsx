import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  retainSearchParams,
} from '@tanstack/react-router';
import type { DeskSearch } from './desk/moment.ts';
import { Overview } from './pages/overview/overview.tsx';
import { codeOfPage, PageProblem } from './shell/page-problem.tsx';
import { Shell } from './shell/shell.tsx';

const words = (search: Record<string, unknown>, ...names: readonly string[]): Record<string, string> =>
  Object.fromEntries(names.flatMap((name) => (typeof search[name] === 'string' ? [[name, search[name]]] : [])));

const root = createRootRoute({
  validateSearch: (search: Record<string, unknown>): DeskSearch => words(search, 'session', 'at'),
  search: { middlewares: [retainSearchParams(['session', 'at'])] },
  component: Shell,
  notFoundComponent: () => <p className="p-6 text-soft">There is no such page. Ctrl K finds those that there are.</p>,
});

/** A page whose code comes when it is opened. Its address may carry words of its own. */
const page = (
  path: string,
  load: () => Promise<{ readonly [name: string]: unknown }>,
  name: string,
  ...own: readonly string[]
) =>
  createRoute({
    getParentRoute: () => root,
    path,
    validateSearch: (search: Record<string, unknown>) => words(search, ...own),
    component: lazyRouteComponent(codeOfPage(load) as never, name as never) as never,
  });

const tree = root.addChildren([
  createRoute({ getParentRoute: () => root, path: '/', component: Overview }),
  page('/chart', () => import('./pages/chart/chart.tsx'), 'Chart', 'symbol', 'timeframe', 'fill', 'run'),
  page('/trade', () => import('./pages/trade/trade.tsx'), 'Trade', 'symbol', 'view'),
  page('/backtests', () => import('./pages/backtests/backtests.tsx'), 'Backtests', 'run', 'with', 'tab', 'strategy'),
  page('/positions', () => import('./pages/positions/positions.tsx'), 'Positions', 'tab', 'view'),
  page('/strategies', () => import('./pages/strategies/strategies.tsx'), 'Strategies', 'strategy'),
  page('/risk', () => import('./pages/risk/risk.tsx'), 'Risk'),
  page('/events', () => import('./pages/events/events.tsx'), 'Events', 'q', 'event', 'view'),
  page('/parity', () => import('./pages/parity/parity.tsx'), 'Parity'),
  page('/data', () => import('./pages/data/data.tsx'), 'Data', 'series'),
  page('/connections', () => import('./pages/connections/connections.tsx'), 'Connections'),
  page('/alerts', () => import('./pages/alerts/alerts.tsx'), 'Alerts'),
  page('/system', () => import('./pages/system/system.tsx'), 'System'),
  page('/settings', () => import('./pages/settings/settings.tsx'), 'Settings'),
]);

export const router = createRouter({
  // Words all of them: a session may be called 42, and `at=2030` is no number.
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const text = new URLSearchParams(words(search, ...Object.keys(search))).toString();
    return text === '' ? '' : `?${text}`;
  },
  ...{ routeTree: tree, defaultPreload: 'intent', scrollRestoration: true },
  defaultErrorComponent: PageProblem,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
