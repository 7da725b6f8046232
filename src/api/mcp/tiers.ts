import type { AccessScope } from '../operation.ts';

/** How much an assistant may do: look; compute and fetch as well; trade as well, where no real money is. */
export const MCP_TIERS = ['read', 'research', 'paper'] as const;
export type McpTier = (typeof MCP_TIERS)[number];

const SCOPES: Readonly<Record<McpTier, readonly AccessScope[]>> = {
  read: ['read'],
  research: ['read', 'research'],
  paper: ['read', 'research', 'trade', 'risk'],
};

/** The scopes that a tier stands for. None has `admin`: no assistant uses files of the machine. */
export function scopesOf(tier: McpTier): ReadonlySet<string> {
  return new Set(SCOPES[tier]);
}

/** What is left of a key's scopes for an assistant. */
export function scopesOfKey(scopes: ReadonlySet<string>): ReadonlySet<string> {
  return new Set(SCOPES.paper.filter((scope) => scopes.has(scope)));
}
