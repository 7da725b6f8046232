import type { OutputOf } from '../../../../src/api/client/client.ts';
import { useIdentity, useSigning } from '../../desk/identity.ts';
import { useAnswer } from '../../desk/use-view.ts';
import { timeText } from '../../format/times.ts';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Change } from '../../parts/figure.tsx';
import { Panel, Shown } from '../../parts/panel.tsx';
import { CLOCKS, changeAppearance, DIRECTIONS, THEMES, useAppearance } from '../../theme/appearance.ts';
import { forgetSteps } from '../overview/steps.ts';

type Setting = OutputOf<'config explain'>['settings'][number];

const COLUMNS: readonly Column<Setting>[] = [
  {
    name: 'Setting',
    cell: ({ name, about }) => <code title={about}>{name}</code>,
    sortBy: ({ name }) => name,
    width: 'minmax(14rem, 2fr)',
  },
  {
    name: 'Value',
    cell: ({ value }) =>
      value === null ? <span className="text-soft">not set</span> : <span title={value}>{value}</span>,
    width: 'minmax(8rem, 2fr)',
  },
  {
    name: 'From',
    cell: ({ origin }) => <Badge tone={origin === 'default' ? 'plain' : 'accent'}>{origin}</Badge>,
    sortBy: ({ origin }) => origin,
    width: '7.5rem',
  },
  {
    name: 'What it is',
    isWide: true,
    cell: ({ about }) => (
      <span className="text-soft" title={about}>
        {about}
      </span>
    ),
    width: 'minmax(12rem, 4fr)',
  },
];

/** How the desk looks to this browser, and what is in force at the server. */
export function Settings() {
  const { theme, directions, clock } = useAppearance();
  return (
    <div className="grid items-start gap-3">
      <h1 className="sr-only">Settings</h1>
      <Panel title="Appearance" unit="kept in this browser">
        <div className="grid gap-4 md:grid-cols-3">
          <Choice name="Theme" words={THEMES} value={theme} onChange={(value) => changeAppearance({ theme: value })} />
          <Choice
            name="Up and down"
            words={DIRECTIONS}
            value={directions}
            onChange={(value) => changeAppearance({ directions: value })}
          />
          <Choice
            name="Times in"
            words={CLOCKS}
            value={clock}
            onChange={(value) => changeAppearance({ clock: value })}
          />
        </div>
        <p className="mt-3 flex flex-wrap gap-4">
          <Change value={1}>+12.50 up</Change>
          <Change value={-1}>−7.25 down</Change>
        </p>
        <p className="mt-3">
          <Button size="small" onClick={forgetSteps}>
            Show the first steps again
          </Button>
        </p>
      </Panel>
      <Identity />
      <ServerSettings />
    </div>
  );
}

/** What is in force at the server, for who may see it. */
function ServerSettings() {
  const identity = useIdentity();
  const mayNot = identity.phase === 'there' && !identity.data.scopes.includes('admin');
  const view = useAnswer(identity.phase !== 'there' || mayNot ? null : 'config explain', {});
  if (mayNot)
    return (
      <Panel title="Server">
        <p className="text-soft">
          What the server was set to is shown to who has the scope admin, which{' '}
          {identity.data.signedIn ? 'you do not have' : 'nobody has who did not sign in'}. At a terminal:{' '}
          <code className="rounded bg-raised px-1">tradewright config explain</code>
        </p>
      </Panel>
    );
  return (
    <Panel
      title="Server"
      isFlush
      {...(view.phase === 'there' && view.data.file !== null ? { unit: view.data.file } : {})}
    >
      <Shown view={view} again={view.again} lines={8}>
        {({ settings }) => (
          <DataTable
            label="Settings of the server"
            rows={settings}
            columns={COLUMNS}
            rowKey={({ name }) => name}
            height={560}
          />
        )}
      </Shown>
    </Panel>
  );
}

function Choice<W extends string>({
  name,
  words,
  value,
  onChange,
}: {
  readonly name: string;
  readonly words: readonly W[];
  readonly value: W;
  readonly onChange: (word: W) => void;
}) {
  return (
    <fieldset>
      <legend className="font-medium">{name}</legend>
      {words.map((word) => (
        <label key={word} className="flex items-center gap-2">
          <input type="radio" name={name} checked={word === value} onChange={() => onChange(word)} /> {word}
        </label>
      ))}
    </fieldset>
  );
}

/** Who sits here, for the server. */
function Identity() {
  const view = useIdentity();
  const signing = useSigning();
  const { clock } = useAppearance();
  return (
    <Panel title="Who you are">
      <Shown view={view} again={view.again} lines={1}>
        {({ client, user, scopes, signedIn, expires }) => (
          <p className="flex flex-wrap items-center gap-2">
            <strong>{user ?? client ?? 'nobody'}</strong>
            {scopes.map((scope) => (
              <Badge key={scope}>{scope}</Badge>
            ))}
            {signedIn ? (
              <>
                <span className="text-soft">signed in until {timeText(expires, clock, 'minute')}</span>
                <Button size="small" onClick={() => void signing.signOut()}>
                  Sign out
                </Button>
              </>
            ) : (
              <span className="text-soft">a program of this machine, without a sign-in</span>
            )}
          </p>
        )}
      </Shown>
    </Panel>
  );
}
