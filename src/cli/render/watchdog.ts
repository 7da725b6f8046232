import type { Output } from '../../api/operations/table.ts';
import type { WatchdogUpdate } from '../../api/operations/watchdog.ts';
import { flow, labelled } from './parts.ts';
import type { Rendering, Scene } from './render.ts';

/** Alarms alone, one below the other: silence is that all is well. */
export function renderWatchdog({ alarms }: WatchdogUpdate, { style }: Scene): string {
  return alarms
    .map(({ time, code, session, message }) => `${time} ${style.bad(code)} ${session ?? ''}: ${message}`)
    .join('\n');
}

export function renderWatchdogEnd(output: Output<'watchdog'>, { style }: Scene): Rendering {
  const { policy, seconds, sessions, alarms } = output;
  return {
    text: [
      flow('watched', [`${sessions} sessions`, `${seconds.toFixed(0)} s`, policy], style),
      labelled('alarms', alarms.length === 0 ? style.good('none') : style.bad(String(alarms.length)), style),
    ].join('\n'),
    next: alarms.length === 0 ? null : 'tradewright status   ·   tradewright rearm',
  };
}
