import {
  Activity,
  ArrowLeftRight,
  Bell,
  Bot,
  ChartCandlestick,
  Database,
  Equal,
  History,
  Layers,
  LayoutDashboard,
  ListTree,
  Plug,
  Settings,
  ShieldAlert,
} from 'lucide-react';

/** Every page of the desk: where it is, what it is called, by which keys it is reached. */
export const PAGES = [
  { path: '/', name: 'Overview', keys: 'g o', icon: LayoutDashboard, group: 'trade' },
  { path: '/chart', name: 'Chart', keys: 'g c', icon: ChartCandlestick, group: 'trade' },
  { path: '/trade', name: 'Trade', keys: 'g t', icon: ArrowLeftRight, group: 'trade' },
  { path: '/positions', name: 'Positions', keys: 'g p', icon: Layers, group: 'trade' },
  { path: '/strategies', name: 'Strategies', keys: 'g s', icon: Bot, group: 'research' },
  { path: '/backtests', name: 'Backtests', keys: 'g b', icon: History, group: 'research' },
  { path: '/parity', name: 'Parity', keys: 'g y', icon: Equal, group: 'research' },
  { path: '/data', name: 'Data', keys: 'g d', icon: Database, group: 'research' },
  { path: '/risk', name: 'Risk', keys: 'g r', icon: ShieldAlert, group: 'operate' },
  { path: '/events', name: 'Events', keys: 'g e', icon: ListTree, group: 'operate' },
  { path: '/alerts', name: 'Alerts', keys: 'g a', icon: Bell, group: 'operate' },
  { path: '/connections', name: 'Connections', keys: 'g n', icon: Plug, group: 'operate' },
  { path: '/system', name: 'System', keys: 'g m', icon: Activity, group: 'operate' },
  { path: '/settings', name: 'Settings', keys: 'g x', icon: Settings, group: 'operate' },
] as const;

export type PagePath = (typeof PAGES)[number]['path'];
