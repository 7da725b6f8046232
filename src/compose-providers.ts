import type { Clock } from './ports/clock.ts';
import type { ProviderProbe } from './ports/providers.ts';

/** No provider's list of models comes near it. */
const LARGEST_BYTES = 4_194_304;

/** Asks providers, loaded with the first question. It connects to the public Internet and to networks that the operator has opened, nowhere else. */
export function composeProviders(clock: Clock, networks: readonly string[]): ProviderProbe {
  return {
    async look({ kind, url }, key) {
      const [{ openHttpClient }, { look }] = await Promise.all([
        import('./adapters/system/http-client.ts'),
        import('./adapters/providers/probe.ts'),
      ]);
      const http = await openHttpClient({ largestAnswerBytes: LARGEST_BYTES, allowedNetworks: networks });
      try {
        return await look(kind, { http, url, key }, clock);
      } finally {
        await http.close();
      }
    },
  };
}
