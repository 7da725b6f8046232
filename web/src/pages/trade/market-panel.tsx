import type { UpdateOf } from '../../../../src/api/client/client.ts';
import { useCurrentSession } from '../../desk/current-session.ts';
import { useMoment } from '../../desk/moment.ts';
import type { View } from '../../desk/streams.ts';
import { useStream } from '../../desk/use-view.ts';
import { price, quantity } from '../../format/numerals.ts';
import { Badge } from '../../parts/badge.tsx';
import { Panel, Shown } from '../../parts/panel.tsx';

type Watched = UpdateOf<'watch'>;
type Line = Watched['symbols'][number];
type Level = NonNullable<Line['bid']>;

/** The market of a symbol of the session, with its book where the venue tells one. Null for the symbol: none. */
export function useMarket(symbol: string | null): { readonly view: View<Watched>; readonly isOffered: boolean } {
  const current = useCurrentSession();
  const { at } = useMoment();
  const isOffered = at === null && symbol !== null && current?.running === true && !current.venue.startsWith('replay');
  const view = useStream(isOffered ? 'watch' : null, {
    venue: current?.venue ?? '',
    symbols: [symbol ?? ''],
    timeframe: ['1m'],
    depth: true,
  });
  return { view, isOffered };
}

export function MarketPanel({
  symbol,
  market: { view, isOffered },
  onPrice,
}: {
  readonly symbol: string;
  readonly market: ReturnType<typeof useMarket>;
  readonly onPrice: (price: number) => void;
}) {
  return (
    <Panel title="Market" unit={symbol}>
      {isOffered ? (
        <Shown
          view={view}
          lines={10}
          expectedMs={10_000}
          isEmpty={({ symbols }) => symbols.length === 0}
          empty="The venue has told nothing of this symbol yet."
        >
          {({ symbols: [line] }) => (line === undefined ? null : <Quotes line={line} onPrice={onPrice} />)}
        </Shown>
      ) : (
        <p className="text-soft">
          Quotes are those of the venue of a session that runs: a session that has ended, a recording and a time that
          has passed have none.
        </p>
      )}
    </Panel>
  );
}

function Quotes({ line, onPrice }: { readonly line: Line; readonly onPrice: (price: number) => void }) {
  const { bid, ask, last, state, book, mark } = line;
  return (
    <div className="space-y-3">
      <p className="flex flex-wrap items-center gap-2">
        <Badge tone={state === 'live' ? 'good' : state === 'down' ? 'bad' : 'warn'}>{state}</Badge>
        <span className="text-xs text-soft">a price goes into the ticket as its limit</span>
      </p>
      <dl className="grid grid-cols-3 gap-2">
        <Quote name="Bid" level={bid} />
        <Quote name="Last" level={last} />
        <Quote name="Ask" level={ask} />
      </dl>
      {mark === null ? null : <p className="figure text-sm text-soft">Mark {price(mark.price)}</p>}
      {book === null ? (
        <Ladder asks={ask === null ? [] : [ask]} bids={bid === null ? [] : [bid]} onPrice={onPrice} />
      ) : (
        <Ladder asks={book.asks} bids={book.bids} onPrice={onPrice} />
      )}
    </div>
  );
}

function Quote({ name, level }: { readonly name: string; readonly level: Level | null }) {
  return (
    <div>
      <dt className="text-xs text-soft">{name}</dt>
      <dd className="figure font-semibold">{level === null ? '–' : price(level.price)}</dd>
    </div>
  );
}

function Ladder({
  asks,
  bids,
  onPrice,
}: {
  readonly asks: readonly Level[];
  readonly bids: readonly Level[];
  readonly onPrice: (price: number) => void;
}) {
  if (asks.length === 0 && bids.length === 0) return <p className="text-soft">The venue tells no book here.</p>;
  const largest = Math.max(...[...asks, ...bids].map((level) => level.quantity));
  const spread = asks.length > 0 && bids.length > 0 ? asks[0]!.price - bids[0]!.price : null;
  const row = (level: Level, side: 'ask' | 'bid') => (
    <li key={`${side} ${level.price}`}>
      <button
        type="button"
        className="relative flex w-full justify-between rounded min-h-[24px] items-center px-2 hover:bg-raised"
        onClick={() => onPrice(level.price)}
      >
        <span
          aria-hidden="true"
          className={`absolute inset-y-0 right-0 ${side === 'ask' ? 'bg-down/15' : 'bg-up/15'}`}
          style={{ width: `${(level.quantity / largest) * 100}%` }}
        />
        <span className={`figure relative ${side === 'ask' ? 'text-down' : 'text-up'}`}>
          <span className="sr-only">{side} </span>
          {price(level.price)}
        </span>
        <span className="figure relative">
          <span className="sr-only">, quantity </span>
          {quantity(level.quantity)}
          <span className="sr-only">: take as limit</span>
        </span>
      </button>
    </li>
  );
  return (
    <div className="text-sm">
      <div className="flex justify-between px-2 text-xs text-soft">
        <span>Price</span>
        <span>Quantity</span>
      </div>
      <ol aria-label="Asks, best last">{asks.toReversed().map((level) => row(level, 'ask'))}</ol>
      <p className="figure border-y px-2 text-xs text-soft">Spread {spread === null ? '–' : price(spread)}</p>
      <ol aria-label="Bids, best first">{bids.map((level) => row(level, 'bid'))}</ol>
    </div>
  );
}
