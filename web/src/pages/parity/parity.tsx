import { Panel } from '../../parts/panel.tsx';

export function Parity() {
  return <Panel title="Parity">–</Panel>;
}
