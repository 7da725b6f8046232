import { useQuery } from '@tanstack/react-query';
import type { View } from '../../desk/streams.ts';
import { viewOf } from '../../desk/use-view.ts';

/** How often what has no stream is asked for. */
export const EVERY_MS = 5_000;

/** What stands at a path of the server, again and again; `name` tells readers of one path apart. */
export function useFetched<T>(
  path: string,
  read: (response: Response) => Promise<T>,
  name = '',
): View<T> & { readonly again: () => void } {
  const query = useQuery({ queryKey: [path, name], queryFn: () => fetch(path).then(read), refetchInterval: EVERY_MS });
  return viewOf(query);
}
