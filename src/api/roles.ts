import { Failure } from './failures.ts';
import type { Operation } from './operation.ts';

/**
 * What a server process may do, each for itself. `strategy` is a name for `execution`: a strategy decides within the session that executes it, in one
 * engine, so that no process of its own has anything to do.
 */
export const ROLES = {
  api: 'Answers operations on sessions, accounts, strategies, alerts and keys',
  data: 'Answers operations on bars and venues; keeps quotes and their connections',
  backtest: 'Answers operations that run strategies over history, in threads of their own',
  execution: 'Keeps sessions of deployments running: strategies, risk and orders of its share of the accounts',
  risk: 'Watches over sessions of all processes, and acts where one falls silent',
  monitor: 'Evaluates rules of alerts and delivers',
} as const;
export type Role = keyof typeof ROLES;

/** As they are typed. */
export const TYPED_ROLES = ['all', 'api', 'data', 'strategy', 'backtest', 'execution', 'risk', 'monitor'] as const;
export type TypedRole = (typeof TYPED_ROLES)[number];

/** The roles that hold operations. */
export const ANSWERING: readonly Role[] = ['api', 'data', 'backtest'];

/** What typed roles mean; `all` is every one, and `risk` only where it was said what it shall do. */
export function rolesOf(typed: readonly TypedRole[], canAct: boolean): ReadonlySet<Role> {
  const all = (Object.keys(ROLES) as Role[]).filter((role) => canAct || role !== 'risk');
  return new Set(typed.flatMap((role) => (role === 'all' ? all : role === 'strategy' ? 'execution' : role)));
}

/** The role whose processes carry an operation out. */
export function holderOf({ runsStrategies, group }: Pick<Operation, 'runsStrategies' | 'group'>): Role {
  if (runsStrategies === true && (group === 'research' || group === 'runs')) return 'backtest';
  return group === 'data' || group === 'venues' ? 'data' : 'api';
}

/** Throws {@link Failure} `role-missing` where a process with these roles does not hold an operation. */
export function requireRole(
  operation: Pick<Operation, 'name' | 'runsStrategies' | 'group'>,
  roles: ReadonlySet<Role>,
): void {
  const needed = holderOf(operation);
  if (roles.has(needed)) return;
  throw new Failure(
    'role-missing',
    `${operation.name} needs the role ${needed}, and this server has ${[...roles].join(', ')}`,
    {
      hint: `Ask a server that runs with --role ${needed} or --role all.`,
      details: { expected: needed, found: [...roles] },
    },
  );
}
