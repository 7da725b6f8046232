import { type Ref, useState } from 'react';
import type { ProblemError } from '../../../../src/api/client/problem.ts';
import { Button } from '../../parts/button.tsx';
import { Field, wrongAt } from '../../parts/field.tsx';
import { recentSizes } from './recent-sizes.ts';
import {
  canPostOnly,
  hasLimit,
  hasStop,
  hasTrigger,
  SIZES,
  type SizeBy,
  TIMES_IN_FORCE,
  type Ticket,
  TYPES,
} from './ticket.ts';

/** Fields at which the form shows what is wrong. */
export const FIELDS: readonly string[] = [
  'symbol',
  'type',
  ...SIZES,
  'limit',
  'trigger',
  'stop',
  'target',
  'trail',
  'tif',
];

const SIZE_NAMES: Readonly<Record<SizeBy, string>> = {
  qty: 'Quantity',
  notional: 'Value',
  pctEquity: '% of equity',
  riskPct: '% at risk',
};
/** Targets in multiples of what is lost at the stop. */
const RISKS = ['1r', '2r', '3r'];

const TYPE_NAMES = { market: 'Market', limit: 'Limit', stop: 'Stop', 'stop-limit': 'Stop-limit' } as const;
const TIF_NAMES = {
  gtc: 'GTC: until canceled',
  day: 'Day: until the session ends',
  ioc: 'IOC: what fills at once',
  fok: 'FOK: all at once or nothing',
} as const;

interface TicketFormProps {
  readonly ticket: Ticket;
  readonly change: (part: Partial<Ticket>) => void;
  readonly symbols: readonly string[];
  readonly problem: ProblemError | null;
  readonly sizeInput: Ref<HTMLInputElement>;
  readonly isDisabled: boolean;
}

/** What an order is: side, kind, size, prices, and what goes with it. */
export function TicketForm({ ticket, change, symbols, problem, sizeInput, isDisabled }: TicketFormProps) {
  const [hasBracket, setBracket] = useState(hasStop(ticket) || ticket.target !== '');
  const isBracketShown = hasBracket || ticket.sizeBy === 'riskPct';
  const text = (field: 'limit' | 'trigger' | 'stop' | 'target' | 'trail', label: string, about?: string) => (
    <Field label={label} wrong={wrongAt(problem, field)} {...(about === undefined ? {} : { about })}>
      {(of) => (
        <input
          {...of}
          className="control figure"
          inputMode="decimal"
          autoComplete="off"
          value={ticket[field]}
          onChange={(event) => change({ [field]: event.target.value.trim() })}
        />
      )}
    </Field>
  );
  return (
    <fieldset disabled={isDisabled} className="space-y-3">
      <legend className="sr-only">The order</legend>
      <div role="radiogroup" aria-label="Side" className="grid grid-cols-2 gap-2">
        {(['buy', 'sell'] as const).map((side) => (
          <label
            key={side}
            className={`flex cursor-pointer items-center justify-center gap-1 rounded-md border py-1.5 font-semibold has-focus-visible:outline-2 has-focus-visible:outline-accent ${
              ticket.side === side
                ? side === 'buy'
                  ? 'border-up bg-up/15 text-up'
                  : 'border-down bg-down/15 text-down'
                : 'text-soft'
            }`}
          >
            <input
              type="radio"
              name="side"
              className="sr-only"
              checked={ticket.side === side}
              onChange={() => change({ side })}
            />
            <span aria-hidden="true">{side === 'buy' ? '▲' : '▼'}</span> {side === 'buy' ? 'Buy' : 'Sell'}
          </label>
        ))}
      </div>
      <div className="grid grid-cols-2 gap-2">
        <Field label="Symbol" wrong={wrongAt(problem, 'symbol')}>
          {(of) => (
            <select
              {...of}
              className="control"
              value={ticket.symbol}
              onChange={(event) => change({ symbol: event.target.value })}
            >
              {symbols.map((symbol) => (
                <option key={symbol}>{symbol}</option>
              ))}
            </select>
          )}
        </Field>
        <Field label="Type" wrong={wrongAt(problem, 'type')}>
          {(of) => (
            <select
              {...of}
              className="control"
              value={ticket.type}
              onChange={(event) => change({ type: event.target.value as Ticket['type'] })}
            >
              {TYPES.map((type) => (
                <option key={type} value={type}>
                  {TYPE_NAMES[type]}
                </option>
              ))}
            </select>
          )}
        </Field>
      </div>
      <div className="grid grid-cols-2 gap-2">
        <Field label="Size" wrong={wrongAt(problem, ticket.sizeBy)}>
          {(of) => (
            <input
              {...of}
              ref={sizeInput}
              className="control figure"
              inputMode="decimal"
              autoComplete="off"
              value={ticket.size}
              onChange={(event) => change({ size: event.target.value.trim() })}
            />
          )}
        </Field>
        <Field label="Size in">
          {(of) => (
            <select
              {...of}
              className="control"
              value={ticket.sizeBy}
              onChange={(event) => change({ sizeBy: event.target.value as SizeBy, size: '' })}
            >
              {SIZES.map((size) => (
                <option key={size} value={size}>
                  {SIZE_NAMES[size]}
                </option>
              ))}
            </select>
          )}
        </Field>
      </div>
      <div className="flex flex-wrap gap-1 empty:hidden">
        {recentSizes(ticket.sizeBy).map((size) => (
          <Button key={size} size="small" onClick={() => change({ size })}>
            {size}
            <span className="sr-only">, used before</span>
          </Button>
        ))}
      </div>
      {hasTrigger(ticket) || hasLimit(ticket) ? (
        <div className="grid grid-cols-2 gap-2">
          {hasTrigger(ticket) ? text('trigger', 'Trigger price') : null}
          {hasLimit(ticket) ? text('limit', 'Limit price') : null}
          {ticket.type === 'market' ? null : (
            <Field label="Time in force" className="col-span-2" wrong={wrongAt(problem, 'tif')}>
              {(of) => (
                <select
                  {...of}
                  className="control"
                  value={ticket.tif}
                  onChange={(event) => change({ tif: event.target.value as Ticket['tif'] })}
                >
                  {TIMES_IN_FORCE.map((tif) => (
                    <option key={tif} value={tif}>
                      {TIF_NAMES[tif]}
                    </option>
                  ))}
                </select>
              )}
            </Field>
          )}
        </div>
      ) : null}
      <label className="flex items-center gap-2">
        <input
          type="checkbox"
          checked={isBracketShown}
          disabled={ticket.sizeBy === 'riskPct'}
          onChange={(event) => {
            setBracket(event.target.checked);
            if (!event.target.checked) change({ stop: '', target: '', trail: '' });
          }}
        />
        Bracket: stops and a target
      </label>
      {isBracketShown ? (
        <div className="grid grid-cols-2 gap-2">
          {text('stop', 'Stop', 'a price, 2%, 1.5atr or 50ticks')}
          {text('trail', 'Trailing stop', '2%, 1.5atr or 50ticks behind the best price')}
          {text('target', 'Target', 'a price, 4%, 3atr, or 2r: twice what is risked')}
          <fieldset>
            <legend className="text-xs text-soft">Target by the risk</legend>
            <span className="flex items-center gap-1">
              {RISKS.map((risk) => (
                <Button
                  key={risk}
                  size="small"
                  disabled={!hasStop(ticket)}
                  aria-pressed={ticket.target === risk}
                  onClick={() => change({ target: risk })}
                >
                  {risk.toUpperCase()}
                </Button>
              ))}
            </span>
          </fieldset>
        </div>
      ) : null}
      {canPostOnly(ticket) ? (
        <label className="flex items-center gap-2">
          <input
            type="checkbox"
            checked={ticket.postOnly}
            onChange={(event) => change({ postOnly: event.target.checked })}
          />
          Post only: as a maker or not at all
        </label>
      ) : null}
      <label className="flex items-center gap-2">
        <input
          type="checkbox"
          checked={ticket.reduceOnly}
          onChange={(event) => change({ reduceOnly: event.target.checked })}
        />
        Reduce only
      </label>
      <Field label="Why, for the journal">
        {(of) => (
          <input
            {...of}
            className="control"
            placeholder="by hand"
            value={ticket.reason}
            onChange={(event) => change({ reason: event.target.value })}
          />
        )}
      </Field>
    </fieldset>
  );
}
