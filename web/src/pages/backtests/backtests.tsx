import { Panel } from '../../parts/panel.tsx';

export function Backtests() {
  return <Panel title="Backtests">–</Panel>;
}
