import { Panel } from '../../parts/panel.tsx';

export function Positions() {
  return <Panel title="Positions">–</Panel>;
}
