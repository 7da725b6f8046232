import { Panel } from '../../parts/panel.tsx';

export function System() {
  return <Panel title="System">–</Panel>;
}
