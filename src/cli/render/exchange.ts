import type { ExchangeUpdate } from '../../api/operations/exchange.ts';
import type { Output } from '../../api/operations/table.ts';
import { pad } from '../style.ts';
import { counted, flow, labelled } from './parts.ts';
import type { Rendering, Scene } from './render.ts';

export function renderExchange(update: ExchangeUpdate, { style }: Scene): string {
  const { time, products, accounts, certificate, sockets } = update;
  return [
    flow(
      'exchange',
      [
        style.good('running'),
        `${time.slice(0, 10)} ${time.slice(11, 19)} UTC`,
        `${counted(sockets, 'WebSocket')} open`,
      ],
      style,
      12,
    ),
    ...products.flatMap((p) => [
      '',
      flow(p.product, [`REST ${style.accent(p.rest)}`, `streams ${style.accent(p.streams)}`], style, 12),
      flow('', [`WebSocket API ${style.accent(p.socketApi)}`], style, 12),
      labelled('', p.symbols.join(' '), style, 12),
    ]),
    ...accounts.flatMap(({ name, keys }) => [
      '',
      ...keys.flatMap((key, k) => [
        ` ${pad(k === 0 ? style.bold(name) : '', 12)}key     ${key.apiKey}`,
        ` ${pad('', 12)}secret  ${key.secret === null ? 'its owner’s' : key.secret.split('\n').join(' ')}`,
      ]),
    ]),
    ...(certificate === null ? [] : ['', labelled('certificate', 'made on the spot; --json shows it', style, 12)]),
    '',
    style.dim(' Made up, all of it: no order here reaches a real market. Ctrl-C ends it'),
  ].join('\n');
}

export function renderExchangeEnd(output: Output<'exchange'>, { style }: Scene): Rendering {
  const parts = [
    `${output.seconds.toFixed(0)} s`,
    output.products.join(' and '),
    counted(output.accounts.length, 'account'),
  ];
  return { text: flow('exchange', ['ended', ...parts], style, 12), next: null };
}
