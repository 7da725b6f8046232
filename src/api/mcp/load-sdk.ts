import { Failure } from '../failures.ts';

const load = async () => {
  const [server, types] = await Promise.all([
    import('@modelcontextprotocol/sdk/server/index.js'),
    import('@modelcontextprotocol/sdk/types.js'),
  ]);
  return { ...server, ...types };
};
export type Sdk = Awaited<ReturnType<typeof load>>;

/** A part of the package, which an installation may leave out. Rejects with {@link Failure} `mcp-unavailable`. */
export async function orUnavailable<T>(loading: Promise<T>): Promise<T> {
  try {
    return await loading;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) throw error;
    throw new Failure('mcp-unavailable', 'the package @modelcontextprotocol/sdk is not installed', { cause: error });
  }
}

export const loadSdk = (): Promise<Sdk> => orUnavailable(load());
