import type { Output } from '../../api/operations/table.ts';
import { pad } from '../style.ts';
import { flow, labelled } from './parts.ts';
import type { Rendering, Scene } from './render.ts';

export function renderDeploymentAdded({ session, account }: Output<'deployment-add'>, { style }: Scene): Rendering {
  return {
    text: flow('deployed', [style.accent(session), `account ${account}`], style, 12),
    next: 'tradewright deployment ls',
  };
}

export function renderStrategyStarted(
  { session, strategy, venue, resumed }: Output<'strategy-start'>,
  { style }: Scene,
): Rendering {
  const how = resumed ? 'goes on' : 'paper';
  return {
    text: flow('started', [style.accent(session), how, strategy, `on ${venue}`], style, 12),
    next: `tradewright status ${session}`,
  };
}

export function renderDeployments({ deployments, traders }: Output<'deployment-ls'>, { style }: Scene): Rendering {
  const lines = deployments.flatMap(({ session, account, strategy, symbols, running, trader, since, problem }) => [
    flow(
      pad(style.bold(session), 12).trimEnd(),
      [running ? style.good('running') : style.bad('does not run'), account ?? 'paper', strategy, symbols.join(' ')],
      style,
      12,
    ),
    flow('', [trader === null ? 'nobody executes' : shortOf(trader), `since ${since.slice(0, 16)}`], style, 12),
    ...(problem === null ? [] : [labelled('', problem, style, 12)]),
  ]);
  const count = `${traders.length} ${traders.length === 1 ? 'process executes' : 'processes execute'}`;
  return {
    text: [...(lines.length === 0 ? [' no deployments'] : lines), '', style.dim(` ${count}`)].join('\n'),
    next: traders.length === 0 ? 'tradewright serve --role execution' : null,
  };
}

export function renderDeploymentRemoved({ session }: Output<'deployment-rm'>, { style }: Scene): Rendering {
  return { text: flow('removed', [session, 'it ends where it runs'], style, 12), next: 'tradewright deployment ls' };
}

/** Host and number of a process. */
const shortOf = (holder: string): string => holder.split(' ').slice(0, 2).join(' ');
