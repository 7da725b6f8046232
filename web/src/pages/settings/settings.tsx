import { Panel } from '../../parts/panel.tsx';

export function Settings() {
  return <Panel title="Settings">–</Panel>;
}
