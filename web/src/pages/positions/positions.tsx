import { getRouteApi } from '@tanstack/react-router';
import { OrdersPanel } from '../../orders/orders-panel.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { FillsTable } from './fills-table.tsx';
import { PositionsTable } from './positions-table.tsx';
import { TradesTable } from './trades-table.tsx';

const route = getRouteApi('/positions');

/** What is held, what was ordered, what was filled, and the round trips of it. */
export function Positions() {
  const { tab = 'positions' } = route.useSearch() as { readonly tab?: string };
  const navigate = route.useNavigate();
  return (
    <>
      <h1 className="sr-only">Positions, orders, fills</h1>
      <Tabs
        label="Books"
        value={tab}
        onChange={(id) =>
          void navigate({ search: ((known: object) => ({ ...known, tab: id })) as never, replace: true })
        }
        tabs={[
          { id: 'positions', name: 'Positions', content: <PositionsTable /> },
          { id: 'orders', name: 'Orders', content: <OrdersPanel ended={5_000} height={600} /> },
          { id: 'fills', name: 'Fills', content: <FillsTable /> },
          { id: 'trades', name: 'Round trips', content: <TradesTable /> },
        ]}
      />
    </>
  );
}
