import type { ReactNode } from 'react';
import { signOf } from '../format/numerals.ts';

/** A signed number whose direction is in its sign, its arrow and its colour. */
export function Change({
  value,
  children,
  hasArrow = true,
}: {
  readonly value: number | string | null | undefined;
  readonly children: ReactNode;
  readonly hasArrow?: boolean;
}) {
  const sign = signOf(value);
  const colour = sign > 0 ? 'text-up' : sign < 0 ? 'text-down' : '';
  return (
    <span className={`figure whitespace-nowrap ${colour}`}>
      {hasArrow && sign !== 0 ? (
        <span aria-hidden="true" className="mr-0.5 text-[0.7em]">
          {sign > 0 ? '▲' : '▼'}
        </span>
      ) : null}
      {children}
    </span>
  );
}

/** Buy or sell, in word, shape and colour. */
export function Side({ side }: { readonly side: 'buy' | 'sell' }) {
  return (
    <span className={`whitespace-nowrap ${side === 'buy' ? 'text-up' : 'text-down'}`}>
      <span aria-hidden="true" className="mr-0.5 text-[0.7em]">
        {side === 'buy' ? '▲' : '▼'}
      </span>
      {side}
    </span>
  );
}

/** A figure with its name above it. */
export function Stat({
  name,
  children,
  note,
}: {
  readonly name: string;
  readonly children: ReactNode;
  readonly note?: ReactNode;
}) {
  return (
    <div className="min-w-0">
      <dt className="truncate text-xs text-soft">{name}</dt>
      <dd className="figure truncate text-lg leading-6 font-semibold">{children}</dd>
      {note === undefined ? null : <dd className="figure truncate text-xs text-soft">{note}</dd>}
    </div>
  );
}

export function Stats({ children }: { readonly children: ReactNode }) {
  return (
    <dl className="grid grid-cols-2 gap-x-4 gap-y-3 sm:grid-cols-[repeat(auto-fit,minmax(8.5rem,1fr))]">{children}</dl>
  );
}
