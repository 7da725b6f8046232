import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { BrowserSession } from '../../../src/api/client/client.ts';
import { IDENTITY_KEY } from './queries.ts';
import { server } from './server.ts';
import { followAgain, problemOf, type View } from './streams.ts';

/** Who the server takes this browser for: asked once, and again whenever it says that it does not know. */
export function useIdentity(): View<BrowserSession> & { readonly again: () => void } {
  const query = useQuery({
    queryKey: IDENTITY_KEY,
    queryFn: () => server.session(),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const again = (): void => void query.refetch();
  if (query.data !== undefined) return { phase: 'there', data: query.data, receivedAtMs: query.dataUpdatedAt, again };
  if (query.error !== null) return { phase: 'problem', problem: problemOf(query.error), again };
  return { phase: 'loading', again };
}

/** Signs in and out; everything is asked for anew afterwards. */
export function useSigning(): {
  signIn(name: string, password: string): Promise<void>;
  signOut(): Promise<void>;
} {
  const queries = useQueryClient();
  return {
    async signIn(name, password) {
      const session = await server.signIn({ name, password });
      // Who is looked for stays: what shows the desk listens to it.
      queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== IDENTITY_KEY[0] });
      queries.setQueryData(IDENTITY_KEY, session);
      followAgain();
    },
    async signOut() {
      await server.signOut();
      // Streams of the one who was here end with the page.
      location.assign('/');
    },
  };
}
