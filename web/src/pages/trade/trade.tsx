import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { InputOf } from '../../../../src/api/client/client.ts';
import { numberToText } from '../../../../src/core/vocabulary/decimal.ts';
import { useConnection } from '../../desk/connection.ts';
import { useBook, useCurrentSession } from '../../desk/current-session.ts';
import { useMoment } from '../../desk/moment.ts';
import { useCommand } from '../../desk/use-command.ts';
import { money, price, quantity } from '../../format/numerals.ts';
import { OrdersPanel } from '../../orders/orders-panel.tsx';
import { Button } from '../../parts/button.tsx';
import { CommandProblem } from '../../parts/command-problem.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { fieldOf } from '../../parts/field.tsx';
import { Change } from '../../parts/figure.tsx';
import { Panel } from '../../parts/panel.tsx';
import { modeOf } from '../../shell/mode.ts';
import { usePageKeys } from '../../shell/shortcuts.tsx';
import { NoSession } from '../overview/no-session.tsx';
import { MarketPanel, useMarket } from './market-panel.tsx';
import { noteSize } from './recent-sizes.ts';
import { hasLimit, missingOf, orderOf, type Ticket, textOf } from './ticket.ts';
import { FIELDS, TicketForm } from './ticket-form.tsx';
import { useDryRun } from './use-dry-run.ts';
import { VerdictOf, VerdictPanel } from './verdict-panel.tsx';

const A_PHONE = '(max-width: 640px)';

const EMPTY: Omit<Ticket, 'symbol'> = {
  ...{ side: 'buy', type: 'market', sizeBy: 'qty', size: '', limit: '', trigger: '', stop: '', target: '' },
  trail: '',
  ...{ tif: 'gtc', postOnly: false, reduceOnly: false, reason: '' },
};

/** An order as it was shown when it was to be sent: that one is sent, and to that session, whatever changes meanwhile. */
interface Asked {
  readonly order: InputOf<'order place'>;
  readonly ticket: Ticket;
  readonly session: string;
  readonly about: string;
}

/** Orders by hand: written, judged by risk, sent, and watched. */
export function Trade() {
  const current = useCurrentSession();
  const { at } = useMoment();
  const search = useSearch({ strict: false }) as { readonly symbol?: string };
  const navigate = useNavigate();
  const { state } = useConnection();
  const symbols = current?.symbols ?? [];
  const symbol = search.symbol?.toUpperCase() ?? symbols[0] ?? '';
  // Another symbol never takes the place of the one that was meant.
  const isForeign = symbol !== '' && !symbols.includes(symbol);
  // On a telephone one watches and gets out: what opens anything has to be wanted.
  const [rest, setRest] = useState({ ...EMPTY, reduceOnly: matchMedia(A_PHONE).matches });
  const ticket: Ticket = { ...rest, symbol };
  const change = useCallback(
    (part: Partial<Ticket>) => {
      // What is written is about this symbol from now on.
      const { symbol: next = symbol, ...others } = part;
      if (next !== '' && next !== search.symbol)
        void navigate({ to: '.', search: ((known: object) => ({ ...known, symbol: next })) as never, replace: true });
      setRest((known) => ({ ...known, ...others }));
    },
    [navigate, symbol, search.symbol],
  );
  const missing = [...missingOf(ticket), ...(isForeign ? [`a symbol that the session trades, not ${symbol}`] : [])];
  const cannot =
    at !== null
      ? 'The desk is set back in time.'
      : state === 'lost'
        ? 'The server is not connected.'
        : current?.running !== true
          ? 'This session does not run.'
          : null;
  const session = current?.session ?? '';
  const verdict = useDryRun(missing.length > 0 || cannot !== null ? null : orderOf(ticket, session));
  const market = useMarket(symbol === '' || isForeign ? null : symbol);
  const feed = market.view.phase === 'there' ? market.view.data.symbols[0]?.state : undefined;
  const sizeInput = useRef<HTMLInputElement>(null);
  usePageKeys(useCallback((key: string) => (key === 'n' ? sizeInput.current?.focus() : undefined), []));
  const place = useCommand('order place', {
    isQuiet: true,
    done: ({ side, instrument, order }) => `${side} ${instrument}: order ${order} is sent.`,
  });
  const [asked, setAsked] = useState<Asked | null>(null);
  const mode = modeOf(current);
  const written: Asked = { order: orderOf(ticket, session), ticket, session, about: mode.about };
  const send = async ({ order, ticket: { sizeBy, size } }: Asked): Promise<void> => {
    setAsked(null);
    const output = await place.run(order);
    if (output === null) return;
    noteSize(sizeBy, size);
    setRest((known) => ({ ...known, size: '' }));
  };
  // What was refused is about the ticket as it was.
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever the ticket changes.
  useEffect(() => place.clear(), [rest, symbol]);
  const problem = place.problem ?? verdict.problem;

  if (current === null)
    return (
      <>
        <h1 className="sr-only">Trade</h1>
        <Panel title="Trade">
          <NoSession />
        </Panel>
      </>
    );
  return (
    <div className="grid gap-3 lg:grid-cols-2 xl:grid-cols-[minmax(20rem,24rem)_minmax(0,1fr)_minmax(16rem,20rem)]">
      <h1 className="sr-only">Trade</h1>
      <Panel title="Order ticket" unit={`${mode.mark} ${mode.name}`}>
        <form
          className="space-y-3"
          onSubmit={(event) => {
            event.preventDefault();
            if (missing.length > 0 || cannot !== null) return;
            if (mode.name === 'LIVE') setAsked(written);
            else void send(written);
          }}
        >
          <Held symbol={symbol} onClose={(part) => change(part)} isDisabled={cannot !== null} />
          <TicketForm
            ticket={ticket}
            change={change}
            symbols={isForeign ? [symbol, ...symbols] : symbols}
            problem={problem}
            sizeInput={sizeInput}
            isDisabled={cannot !== null}
          />
          {place.anew === null && FIELDS.includes(fieldOf(place.problem)) ? null : (
            <CommandProblem command={place} deed="this order" />
          )}
          <Button
            kind="main"
            type="submit"
            className="w-full py-2"
            disabled={cannot !== null || missing.length > 0 || place.isRunning}
          >
            {place.isRunning
              ? 'Sending …'
              : mode.name === 'LIVE'
                ? 'Review and send'
                : `Send: ${ticket.side} ${symbol}`}
          </Button>
          {cannot === null && (feed === 'stale' || feed === 'down') ? (
            <p role="alert" className="text-sm text-warn">
              Quotes of the venue are {feed}: what is seen here may not be the market.
            </p>
          ) : null}
          <p className="text-xs text-soft" aria-live="polite">
            {cannot ??
              (missing.length > 0 ? `It needs ${missing.join(' and ')}.` : `${textOf(ticket)} · session ${session}`)}
          </p>
        </form>
      </Panel>
      <VerdictPanel verdict={verdict} missing={cannot === null ? missing : [`a session that trades (${cannot})`]} />
      <MarketPanel
        symbol={symbol}
        market={market}
        onPrice={(level) => change({ ...(hasLimit(ticket) ? {} : { type: 'limit' }), limit: numberToText(level) })}
      />
      <div className="min-w-0 lg:col-span-2 xl:col-span-3">
        <OrdersPanel ended={50} height={360} />
      </div>
      {asked === null ? null : (
        <Dialog
          title="Send with real money?"
          about={`${asked.about}, session ${asked.session}`}
          isOpen
          onClose={() => setAsked(null)}
        >
          <div className="space-y-3">
            <p className="text-lg font-semibold">{textOf(asked.ticket)}</p>
            <VerdictOf verdict={verdict} />
            {cannot === null ? null : <p className="text-bad">{cannot}</p>}
            <div className="flex gap-2">
              <Button
                kind="main"
                disabled={place.isRunning || cannot !== null || asked.session !== session}
                onClick={() => void send(asked)}
              >
                Send the order
              </Button>
              <Button onClick={() => setAsked(null)}>Back to the ticket</Button>
            </div>
          </div>
        </Dialog>
      )}
    </div>
  );
}

/** What is held of the symbol, and a ticket that closes it. */
function Held({
  symbol,
  onClose,
  isDisabled,
}: {
  readonly symbol: string;
  readonly onClose: (part: Partial<Ticket>) => void;
  readonly isDisabled: boolean;
}) {
  const view = useBook();
  const held =
    view.phase === 'there'
      ? view.data.book?.positions.find(({ instrument }) => instrument.endsWith(`:${symbol}`))
      : undefined;
  if (held === undefined) return <p className="text-sm text-soft">Nothing is held of {symbol}.</p>;
  const close = (): void =>
    onClose({
      ...{ side: held.quantity.startsWith('-') ? 'buy' : 'sell', type: 'market', sizeBy: 'qty' },
      ...{ size: held.quantity.replace(/^-/, ''), stop: '', target: '', trail: '', reduceOnly: true },
    });
  return (
    <div className="flex flex-wrap items-center gap-2 rounded-md border px-2 py-1 text-sm">
      <span className="figure min-w-0 flex-1">
        Held: {quantity(held.quantity, { isSigned: true })} at {price(held.averagePrice)},{' '}
        <Change value={held.unrealized}>{money(held.unrealized, { isSigned: true })}</Change>
      </span>
      <Button size="small" disabled={isDisabled} onClick={close}>
        Close it
      </Button>
    </div>
  );
}
