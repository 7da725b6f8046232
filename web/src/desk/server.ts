import { type Client, createClient } from '../../../src/api/client/client.ts';
import { ProblemError } from '../../../src/api/client/problem.ts';
import { noteConnection } from './connection.ts';
import { IDENTITY_KEY, queries } from './queries.ts';

const client = createClient({ url: location.origin, onConnection: noteConnection });

/** The server that this page came from. */
export const server: Client = {
  ...client,
  call: async (...given) => {
    try {
      return await client.call(...given);
    } catch (error) {
      if (error instanceof ProblemError) noteProblem(error);
      throw error;
    }
  },
};

/** A sign-in has ended, wherever that was noticed: the server is asked anew who this is, and whoever sits there is asked to sign in. */
export function noteProblem({ code }: ProblemError): void {
  if (code === 'unauthenticated') void queries.invalidateQueries({ queryKey: IDENTITY_KEY }, { cancelRefetch: false });
}
