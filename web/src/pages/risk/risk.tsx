import { Panel } from '../../parts/panel.tsx';

export function Risk() {
  return <Panel title="Risk">–</Panel>;
}
