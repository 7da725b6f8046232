import { useQuery } from '@tanstack/react-query';
import type { View } from '../../desk/streams.ts';
import { viewOf } from '../../desk/use-view.ts';

/** How often what has no stream is asked for. */
export const EVERY_MS = 5_000;

/** What stands at a path of the server, again and again, read once for all who look at it by the same `read`. */
export function useFetched<T>(
  path: string,
  read: (response: Response) => Promise<T>,
): View<T> & { readonly again: () => void } {
  const query = useQuery({ queryKey: [path], queryFn: () => fetch(path).then(read), refetchInterval: EVERY_MS });
  return viewOf(query);
}

/** Figures of the server as Prometheus reads them. Read once: some of them tell what was since they were read last. */
export const useMetrics = (): View<string> & { readonly again: () => void } => useFetched('/metrics', readText);

async function readText(response: Response): Promise<string> {
  if (!response.ok) throw new Error(`/metrics answered ${response.status}`);
  return response.text();
}
