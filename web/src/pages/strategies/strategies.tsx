import { Panel } from '../../parts/panel.tsx';

export function Strategies() {
  return <Panel title="Strategies">–</Panel>;
}
