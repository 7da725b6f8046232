/** Every page of the desk: where it is, what it is called, by which keys it is reached. */
export const PAGES = [
  { path: '/', name: 'Overview', keys: 'g o', group: 'trade' },
  { path: '/chart', name: 'Chart', keys: 'g c', group: 'trade' },
  { path: '/trade', name: 'Trade', keys: 'g t', group: 'trade' },
  { path: '/positions', name: 'Positions', keys: 'g p', group: 'trade' },
  { path: '/strategies', name: 'Strategies', keys: 'g s', group: 'research' },
  { path: '/backtests', name: 'Backtests', keys: 'g b', group: 'research' },
  { path: '/parity', name: 'Parity', keys: 'g y', group: 'research' },
  { path: '/data', name: 'Data', keys: 'g d', group: 'research' },
  { path: '/risk', name: 'Risk', keys: 'g r', group: 'operate' },
  { path: '/events', name: 'Events', keys: 'g e', group: 'operate' },
  { path: '/alerts', name: 'Alerts', keys: 'g a', group: 'operate' },
  { path: '/connections', name: 'Connections', keys: 'g n', group: 'operate' },
  { path: '/system', name: 'System', keys: 'g m', group: 'operate' },
  { path: '/settings', name: 'Settings', keys: 'g x', group: 'operate' },
] as const;

export type PagePath = (typeof PAGES)[number]['path'];
