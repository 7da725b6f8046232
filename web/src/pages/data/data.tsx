import { Panel } from '../../parts/panel.tsx';

export function Data() {
  return <Panel title="Data">–</Panel>;
}
