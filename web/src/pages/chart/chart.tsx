import { Panel } from '../../parts/panel.tsx';

export function Chart() {
  return <Panel title="Chart">–</Panel>;
}
