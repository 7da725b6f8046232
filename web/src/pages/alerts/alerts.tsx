import { Panel } from '../../parts/panel.tsx';

export function Alerts() {
  return <Panel title="Alerts">–</Panel>;
}
