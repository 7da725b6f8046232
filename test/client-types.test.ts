import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Client, createClient } from '../src/api/client/client.ts';

/** Every `@ts-expect-error` below is a mistake that must stay a compile error; `tsc -b` fails where one no longer is. Never called. */
async function mistakes(client: Client): Promise<void> {
  const { series } = await client.call('data ls');
  const name: string = series[0]!.instrument;
  // @ts-expect-error a typo in an operation
  await client.call('data lss');
  // @ts-expect-error what no server offers
  await client.call('serve');
  // @ts-expect-error a typo in a field
  await client.call('runs ls', { limitt: 3 });
  // @ts-expect-error a word is no number
  await client.call('runs ls', { limit: 'many' });
  // @ts-expect-error a field that is needed
  await client.call('why', {});
  // @ts-expect-error input that is needed
  await client.call('why');
  // @ts-expect-error a choice knows its words
  await client.call('kill', { level: 'explode', reason: 'x' });
  // @ts-expect-error a typo in what comes back
  void (await client.call('data ls')).serie;
  // @ts-expect-error a number is no word
  const word: string = (await client.call('runs ls')).total;
  client.subscribe('positions', { session: 'btc' }, ({ equity, positions }, { seq }) => {
    const sum: number = equity + positions.length + seq;
    // @ts-expect-error a typo in an update
    void positions[0]!.instrumnt;
    void sum;
  });
  // @ts-expect-error a query is no stream
  client.subscribe('data ls', {}, () => {});
  // @ts-expect-error a typo in the input of a stream
  client.subscribe('fills', { sesion: 'btc' }, () => {});
  // @ts-expect-error what is told is a list of fills
  client.subscribe('fills', {}, ({ events }) => void events);
  // @ts-expect-error a client needs to know where
  createClient({ key: 'tw_x' });
  void [name, word];
}

test('types of the client: mistakes -> do not compile', () => {
  assert.equal(typeof mistakes, 'function');
});
