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
  type LucideIcon,
  Plug,
  Settings,
  ShieldAlert,
} from 'lucide-react';
import type { PagePath } from './page-names.ts';

const PAGE_ICONS: Readonly<Record<PagePath, LucideIcon>> = {
  '/': LayoutDashboard,
  '/chart': ChartCandlestick,
  '/trade': ArrowLeftRight,
  '/positions': Layers,
  '/strategies': Bot,
  '/backtests': History,
  '/parity': Equal,
  '/data': Database,
  '/risk': ShieldAlert,
  '/events': ListTree,
  '/alerts': Bell,
  '/connections': Plug,
  '/system': Activity,
  '/settings': Settings,
};

/** The picture of a page; its name stands beside it. */
export function PageIcon({ path, className }: { readonly path: PagePath; readonly className: string }) {
  const Icon = PAGE_ICONS[path];
  return <Icon aria-hidden="true" className={className} />;
}
