import { useLocation } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useConnection } from '../desk/connection.ts';
import { useBook, useSessions } from '../desk/current-session.ts';
import { price, quantity } from '../format/numerals.ts';
import { PAGES } from './page-names.ts';

/** Tells who does not see the desk what happens: fills and breaks politely, kills and the loss of the server at once. Prices are never told. */
export function Announcer() {
  const book = useBook();
  const sessions = useSessions();
  const { state } = useConnection();
  const page = useLocation({ select: ({ pathname }) => PAGES.find(({ path }) => path === pathname)?.name });
  const [polite, setPolite] = useState('');
  const [urgent, setUrgent] = useState('');
  const newest = book.phase === 'there' ? (book.data.book?.lastFills[0] ?? null) : null;
  const toldFill = useRef<number | null>(null);
  useEffect(() => {
    if (newest === null) return;
    if (toldFill.current !== null && newest.fill > toldFill.current)
      setPolite(`Fill: ${newest.side} ${quantity(newest.quantity)} ${newest.instrument} at ${price(newest.price)}`);
    toldFill.current = newest.fill;
  }, [newest]);
  const held =
    sessions.phase === 'there' ? sessions.data.latches.map(({ level, scope }) => `${level} ${scope}`).join(', ') : '';
  useEffect(() => {
    if (held !== '') setUrgent(`Trading is held: ${held}`);
  }, [held]);
  useEffect(() => {
    document.title = [...(held === '' ? [] : ['HELD']), ...(page === undefined ? [] : [page]), 'Tradewright'].join(
      ' · ',
    );
  }, [held, page]);
  useEffect(() => {
    if (state === 'lost') setUrgent('The connection to the server is lost');
    else if (state === 'open') setUrgent('');
  }, [state]);
  return (
    <>
      <div aria-live="polite" className="sr-only">
        {polite}
      </div>
      <div aria-live="assertive" className="sr-only">
        {urgent}
      </div>
    </>
  );
}
