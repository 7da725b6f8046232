import type { DryRun } from '../../api/dry-run.ts';
import { flow, labelled } from './parts.ts';
import type { Rendering, Scene } from './render.ts';
import { ruleTable } from './session-queries.ts';

/** What a command would have done. */
export function renderDryRun({ would, allowed, refusal, rules, imports }: DryRun, { style }: Scene): Rendering {
  // Files are told in sentences that are longer than a line.
  const lines =
    imports.length === 0
      ? [flow('would', would, style)]
      : would.map((sentence, k) => labelled(k === 0 ? 'would' : '', sentence, style));
  if (refusal !== null) lines.push(labelled('refused', `${style.bad(refusal.code)}: ${refusal.message}`, style));
  else if (allowed === null) lines.push(labelled('', style.dim('Its input is right; no more was looked at.'), style));
  else lines.push(labelled('allowed', style.good('yes, as things stand'), style));
  if (rules.length > 0) lines.push('', ruleTable(rules, style));
  for (const { file, counts } of imports) {
    const found = Object.entries(counts).map(([code, n]) => `${code} ${n}`);
    if (found.length > 0) lines.push(labelled('findings', `${style.warn(found.join(', '))} in ${file}`, style));
  }
  lines.push(labelled('', style.dim('Nothing was done.'), style));
  return { text: lines.join('\n'), next: null };
}
