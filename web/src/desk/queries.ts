import { QueryClient } from '@tanstack/react-query';

/** Answers that are kept. The client of the server asks again by itself where no answer came; a refusal stays one. */
export const queries = new QueryClient({ defaultOptions: { queries: { retry: false, refetchOnWindowFocus: false } } });

/** Who the server takes this browser for. */
export const IDENTITY_KEY = ['session'];
