import assert from 'node:assert/strict';
import { openLocalExchange } from '../../src/local-exchange/open.ts';
import type { ReachCall } from './reach-call.ts';
import type { Loose } from './spot-clients.ts';

/** An exchange of its own says goodbye; the client is told, and leaves before it is cut off. */
export const FAREWELL_CALLS: readonly ReachCall[] = [
  {
    product: 'server',
    client: '@binance/spot',
    call: 'websocketStreams on message',
    reaches: ['serverShutdown'],
    async run() {
      const exchange = await openLocalExchange();
      const { Spot }: Loose = await import('@binance/spot');
      const configurationWebsocketStreams = { wsURL: exchange.urls.spot!.streams };
      const connection = await new Spot({ configurationWebsocketStreams }).websocketStreams.connect();
      const told = new Promise<Loose>((resolve) => {
        connection.on('message', (text: string) => {
          const message = JSON.parse(text);
          // Left within the message: once the socket has closed, this client would come back forever.
          if (message.data?.e === 'serverShutdown') resolve(connection.disconnect().then(() => message));
        });
      });
      await exchange.close();
      return told;
    },
    check: (message) => assert.ok(message.data.E > 1.7e12),
  },
];
