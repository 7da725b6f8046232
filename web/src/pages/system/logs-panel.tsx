import { useState } from 'react';
import type { OutputOf } from '../../../../src/api/client/client.ts';
import { usePaused } from '../../desk/use-paused.ts';
import { useStream } from '../../desk/use-view.ts';
import { timeText } from '../../format/times.ts';
import { Badge, type Tone } from '../../parts/badge.tsx';
import { Panel, Shown } from '../../parts/panel.tsx';
import { useAppearance } from '../../theme/appearance.ts';

type Line = OutputOf<'logs'>['lines'][number];
type Level = Line['level'];

const TONES: Readonly<Record<Level, Tone>> = { debug: 'plain', info: 'accent', warn: 'warn', error: 'bad' };
const MOST = 200;
/** Stand in the name of the log, or tell a person nothing. */
const UNSHOWN: ReadonlySet<string> = new Set(['correlation', 'session', 'strategy', 'venue', 'seq']);

/** The newest lines that servers and sessions have written into files, the newest first. */
export function LogsPanel() {
  const [level, setLevel] = useState<Level>('info');
  const [text, setText] = useState('');
  const wanted = usePaused(text.trim());
  const view = useStream('logs', { level, limit: MOST, follow: true, ...(wanted === '' ? {} : { text: wanted }) });
  return (
    <Panel
      title="Logs"
      className="xl:col-span-2"
      isOfNow
      actions={
        <>
          <label className="flex items-center gap-2 text-sm">
            <span className="text-soft">From</span>
            <select
              className="control w-auto"
              value={level}
              onChange={(event) => setLevel(event.target.value as Level)}
            >
              {Object.keys(TONES).map((each) => (
                <option key={each}>{each}</option>
              ))}
            </select>
          </label>
          <input
            aria-label="Find in logs"
            className="control w-40"
            placeholder="Find"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </>
      }
    >
      <Shown
        view={view}
        lines={4}
        isEmpty={({ lines }) => lines.length === 0}
        empty={
          view.phase === 'there' && view.data.folder === null ? (
            <p>
              Logs go into no files here. Start the server with{' '}
              <code className="rounded bg-raised px-1">TRADEWRIGHT_LOG=home</code> to have them.
            </p>
          ) : (
            <p>No such lines.</p>
          )
        }
      >
        {({ lines }) => (
          <ol className="max-h-96 space-y-1 overflow-y-auto text-sm" aria-label="Lines of logs">
            {lines.toReversed().map((line, k) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two lines may be the same.
              <LogRow key={`${line.time} ${k}`} line={line} />
            ))}
          </ol>
        )}
      </Shown>
    </Panel>
  );
}

function LogRow({ line: { time, level, log, module, what, fields } }: { readonly line: Line }) {
  const { clock } = useAppearance();
  const told = Object.entries(fields)
    .filter(([name, value]) => !UNSHOWN.has(name) && value !== null)
    .map(([name, value]) => `${name} ${typeof value === 'number' ? Number(value.toFixed(2)) : String(value)}`)
    .join(' · ');
  return (
    <li className="grid grid-cols-[auto_4.5rem_1fr] items-start gap-x-2 max-md:grid-cols-[auto_1fr]">
      <time className="figure text-soft" dateTime={time}>
        {timeText(time, clock, 'second')}
      </time>
      <span>
        <Badge tone={TONES[level]}>{level}</Badge>
      </span>
      <span className="min-w-0 break-words max-md:col-span-2">
        <strong className="font-medium">{what}</strong> <span className="text-soft">{`${log} ${module}`}</span> {told}
      </span>
    </li>
  );
}
