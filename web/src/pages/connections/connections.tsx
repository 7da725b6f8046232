import { Panel } from '../../parts/panel.tsx';

export function Connections() {
  return <Panel title="Connections">–</Panel>;
}
