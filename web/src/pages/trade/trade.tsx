import { Panel } from '../../parts/panel.tsx';

export function Trade() {
  return <Panel title="Trade">–</Panel>;
}
