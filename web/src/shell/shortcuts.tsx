import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { freeze, frozen } from '../desk/streams.ts';
import { Dialog } from '../parts/dialog.tsx';
import { changeAppearance, THEMES } from '../theme/appearance.ts';
import { OPEN_KILL } from './kill-switch.tsx';
import { PAGES } from './page-names.ts';

/** A page hears its own keys: `[`, `]`, `n`, `/`, digits. */
export const PAGE_KEY = 'tradewright:page-key';
const PAGE_KEYS = '[]n/123456789';
const HOLD_MS = 1_500;
const CHORD_MS = 1_200;

const SHOWN: readonly (readonly [string, string])[] = [
  ['Ctrl K', 'commands'],
  ...PAGES.map(({ keys, name }) => [keys, name] as const),
  ['hold K', 'stop trading'],
  ['.', 'freeze what changes, and go on'],
  ['t', 'theme'],
  ['/', 'search in the page'],
  ['[  ]', 'previous, next fill'],
  ['1 … 9', 'timeframe'],
  ['n', 'new order'],
  ['Esc', 'close'],
  ['?', 'this list'],
];

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** Single keys. Nothing that costs anything is done by one. */
export function Shortcuts({ onPalette }: { readonly onPalette: () => void }) {
  const navigate = useNavigate();
  const [isHelp, setHelp] = useState(false);
  // What is held or half typed outlasts every drawing of the frame, which comes with each price.
  const latest = useRef({ navigate, onPalette });
  latest.current = { navigate, onPalette };
  useEffect(() => {
    let chordMs = Number.NEGATIVE_INFINITY;
    let hold: ReturnType<typeof setTimeout> | undefined;
    const pressed = (event: KeyboardEvent): void => {
      const { key } = event;
      if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === 'k') {
        event.preventDefault();
        latest.current.onPalette();
        return;
      }
      if (
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        isTyping(event.target) ||
        document.querySelector('[role=dialog]') !== null
      )
        return;
      // When it was pressed, and not when a busy page came to hear of it.
      if (event.timeStamp - chordMs < CHORD_MS) {
        chordMs = Number.NEGATIVE_INFINITY;
        const page = PAGES.find(({ keys }) => keys === `g ${key}`);
        if (page !== undefined)
          void latest.current.navigate({ to: page.path, search: ((known: object) => known) as never });
        return;
      }
      if (key === 'g') chordMs = event.timeStamp;
      else if (key === '?') setHelp(true);
      else if (key === 'K' || key === 'k')
        hold ??= event.repeat ? undefined : setTimeout(() => dispatchEvent(new Event(OPEN_KILL)), HOLD_MS);
      else if (key === '.') freeze(!frozen());
      else if (key === 't') {
        const now = THEMES.find((each) => each === document.documentElement.dataset['theme']) ?? 'dark';
        changeAppearance({ theme: now === 'dark' ? 'light' : 'dark' });
      } else if (PAGE_KEYS.includes(key)) {
        if (key === '/') event.preventDefault();
        dispatchEvent(new CustomEvent(PAGE_KEY, { detail: key }));
      }
    };
    const released = (): void => {
      clearTimeout(hold);
      hold = undefined;
    };
    addEventListener('keydown', pressed);
    addEventListener('keyup', released);
    addEventListener('blur', released);
    return () => {
      released();
      removeEventListener('keydown', pressed);
      removeEventListener('keyup', released);
      removeEventListener('blur', released);
    };
  }, []);
  return (
    <Dialog title="Keys" isOpen={isHelp} onClose={() => setHelp(false)}>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 sm:grid-cols-[auto_1fr_auto_1fr]">
        {SHOWN.map(([keys, does]) => (
          <div key={keys} className="contents">
            <dt>
              <kbd className="rounded border border-edge px-1.5 text-sm">{keys}</kbd>
            </dt>
            <dd className="text-soft">{does}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

/** Hears the keys of a page while it is there. */
export function usePageKeys(hear: (key: string) => void): void {
  useEffect(() => {
    const heard = (event: Event): void => hear((event as CustomEvent<string>).detail);
    addEventListener(PAGE_KEY, heard);
    return () => removeEventListener(PAGE_KEY, heard);
  }, [hear]);
}
