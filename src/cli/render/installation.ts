import { COMMAND_IDS, type Output, operationOf } from '../../api/operations/table.ts';
import { commandHelp, overview } from '../help.ts';
import { flow, labelled, mark } from './parts.ts';
import type { Rendering, Scene } from './render.ts';

export function renderDoctor(output: Output<'doctor'>, { style }: Scene): Rendering {
  const lines = output.checks.flatMap((c) => [
    ` ${mark(c.status, style)} ${c.text}`,
    ...(c.hint === null || c.hint === '' ? [] : [labelled('', style.dim(c.hint), style, 2)]),
  ]);
  return { text: lines.join('\n'), next: output.healthy ? 'tradewright demo' : 'tradewright doctor' };
}

export function renderVersion(output: Output<'version'>): Rendering {
  return { text: `tradewright ${output.version} (node ${output.node}, ${output.platform})`, next: null };
}

export function renderCompletion(output: Output<'completion'>): Rendering {
  return { text: output.script.trimEnd(), next: null };
}

export function renderHelp(output: Output<'help'>, { style, given, version }: Scene): Rendering {
  const names = output.commands.map((c) => c.name);
  const rows = COMMAND_IDS.map(operationOf).filter((row) => names.includes(row.name));
  const asked = Array.isArray(given['command']) && given['command'].length > 0;
  if (asked && rows.length === 1) return { text: commandHelp(rows[0]!, style), next: null };
  return { text: overview(rows, style, version), next: null };
}

/** Two lines for each setting: what is in force and whence, and what it is. */
export function renderConfig({ file, settings }: Output<'config-explain'>, { style }: Scene): Rendering {
  const lines = settings.flatMap(({ name, value, origin, about }) => {
    const isOwn = origin !== 'default';
    return [
      flow(
        '',
        [isOwn ? style.bold(name) : name, value ?? style.dim('not set'), ...(isOwn ? [style.accent(origin)] : [])],
        style,
        0,
      ),
      labelled('', style.dim(about), style, 4),
    ];
  });
  return { text: [labelled('file', file ?? style.dim('none'), style), '', ...lines].join('\n'), next: null };
}
