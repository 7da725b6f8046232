import { useNavigate } from '@tanstack/react-router';
import { Command } from 'cmdk';
import { Bot, History, OctagonX, SunMoon } from 'lucide-react';
import { useSessions } from '../desk/current-session.ts';
import { useMoment } from '../desk/moment.ts';
import { useAnswer } from '../desk/use-view.ts';
import { changeAppearance, THEMES, useAppearance } from '../theme/appearance.ts';
import { OPEN_KILL } from './kill-switch.tsx';
import { PageIcon } from './page-icon.tsx';
import { PAGES } from './page-names.ts';

const ITEM = 'flex cursor-pointer items-center gap-2 rounded px-3 py-1.5 data-[selected=true]:bg-accent/20';
const GROUP =
  '[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:py-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-soft';

/** Everything by typing: pages, sessions, strategies, runs, deeds. */
export function Palette({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  const navigate = useNavigate();
  const { theme } = useAppearance();
  const { setSession } = useMoment();
  const sessions = useSessions();
  const strategies = useAnswer(isOpen ? 'strategies' : null, {});
  const runs = useAnswer(isOpen ? 'runs ls' : null, {});
  const then = (deed: () => void) => () => {
    onClose();
    deed();
  };
  const go = (to: string, search: Record<string, string> = {}): void =>
    void navigate({ to, search: ((known: object) => ({ ...known, ...search })) as never });
  return (
    <Command.Dialog
      open={isOpen}
      onOpenChange={(open) => open || onClose()}
      label="Commands"
      className="fixed top-[12vh] left-1/2 z-50 w-[min(36rem,calc(100vw-1.5rem))] -translate-x-1/2 overflow-hidden rounded-xl border bg-panel shadow-2xl"
      overlayClassName="fixed inset-0 z-40 bg-black/60"
    >
      <Command.Input
        placeholder="Where to, or what to do …"
        className="w-full border-b bg-transparent px-4 py-3 outline-none placeholder:text-soft"
      />
      <Command.List className="max-h-[60vh] overflow-y-auto p-2">
        <Command.Empty className="p-4 text-center text-soft">Nothing is called so.</Command.Empty>
        <Command.Group heading="Pages" className={GROUP}>
          {PAGES.map(({ path, name, keys }) => (
            <Command.Item key={path} value={`page ${name}`} onSelect={then(() => go(path))} className={ITEM}>
              <PageIcon path={path} className="size-4" />
              {name}
              <kbd className="ml-auto text-xs text-soft">{keys}</kbd>
            </Command.Item>
          ))}
        </Command.Group>
        <Command.Group heading="Do" className={GROUP}>
          <Command.Item
            value="kill stop trading"
            onSelect={then(() => dispatchEvent(new Event(OPEN_KILL)))}
            className={ITEM}
          >
            <OctagonX aria-hidden="true" className="size-4" />
            Stop trading …
          </Command.Item>
          <Command.Item
            value="theme"
            onSelect={then(() => changeAppearance({ theme: THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]! }))}
            className={ITEM}
          >
            <SunMoon aria-hidden="true" className="size-4" />
            Theme: {theme}, change
          </Command.Item>
        </Command.Group>
        {sessions.phase === 'there' ? (
          <Command.Group heading="Sessions" className={GROUP}>
            {sessions.data.sessions.map(({ session, running }) => (
              <Command.Item
                key={session}
                value={`session ${session}`}
                onSelect={then(() => setSession(session))}
                className={ITEM}
              >
                <span aria-hidden="true" className="w-5 text-center">
                  {running ? '●' : '○'}
                </span>
                {session}
              </Command.Item>
            ))}
          </Command.Group>
        ) : null}
        {strategies.phase === 'there' ? (
          <Command.Group heading="Strategies" className={GROUP}>
            {strategies.data.strategies.map(({ id }) => (
              <Command.Item
                key={id}
                value={`strategy ${id}`}
                onSelect={then(() => go('/strategies', { strategy: id }))}
                className={ITEM}
              >
                <Bot aria-hidden="true" className="size-4" />
                {id}
              </Command.Item>
            ))}
          </Command.Group>
        ) : null}
        {runs.phase === 'there' ? (
          <Command.Group heading="Backtests" className={GROUP}>
            {runs.data.runs.map(({ id, strategy }) => (
              <Command.Item
                key={id}
                value={`run ${id} ${strategy}`}
                onSelect={then(() => go('/backtests', { run: id }))}
                className={ITEM}
              >
                <History aria-hidden="true" className="size-4" />
                {strategy} <span className="text-soft">{id}</span>
              </Command.Item>
            ))}
          </Command.Group>
        ) : null}
      </Command.List>
    </Command.Dialog>
  );
}
