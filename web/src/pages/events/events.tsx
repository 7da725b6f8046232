import { Panel } from '../../parts/panel.tsx';

export function Events() {
  return <Panel title="Events">–</Panel>;
}
