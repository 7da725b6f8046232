import { createClient } from '../../../src/api/client/client.ts';
import { noteConnection } from './connection.ts';

/** The server that this page came from. */
export const server = createClient({ url: location.origin, onConnection: noteConnection });
