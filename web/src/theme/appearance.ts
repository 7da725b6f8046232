import { useSyncExternalStore } from 'react';

export const THEMES = ['dark', 'light', 'system'] as const;
export const DIRECTIONS = ['blue-orange', 'green-red', 'red-green', 'plain'] as const;
export const CLOCKS = ['utc', 'local'] as const;

/** How somebody wants to see the desk; kept in their browser. */
export interface Appearance {
  readonly theme: (typeof THEMES)[number];
  /** Colours of what rises and what falls. */
  readonly directions: (typeof DIRECTIONS)[number];
  /** In which times are shown. */
  readonly clock: (typeof CLOCKS)[number];
}

const KEY = 'tradewright.appearance';
const BY_DEFAULT: Appearance = { theme: 'dark', directions: 'blue-orange', clock: 'utc' };
const listeners = new Set<() => void>();
const prefersLight = matchMedia('(prefers-color-scheme: light)');
let appearance = read();

function read(): Appearance {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Appearance>;
    return {
      theme: THEMES.find((each) => each === kept.theme) ?? BY_DEFAULT.theme,
      directions: DIRECTIONS.find((each) => each === kept.directions) ?? BY_DEFAULT.directions,
      clock: CLOCKS.find((each) => each === kept.clock) ?? BY_DEFAULT.clock,
    };
  } catch {
    // A browser that keeps nothing, or something that is not ours.
    return BY_DEFAULT;
  }
}

function show(): void {
  const { theme, directions } = appearance;
  const root = document.documentElement;
  root.dataset['theme'] = theme === 'system' ? (prefersLight.matches ? 'light' : 'dark') : theme;
  root.dataset['directions'] = directions;
  for (const listener of listeners) listener();
}

/** To be called once, before anything is drawn. */
export function beginAppearance(): void {
  show();
  prefersLight.addEventListener('change', show);
}

export function changeAppearance(change: Partial<Appearance>): void {
  appearance = { ...appearance, ...change };
  try {
    localStorage.setItem(KEY, JSON.stringify(appearance));
  } catch {
    // Where nothing can be kept, it holds until the page is left.
  }
  show();
}

export const readAppearance = (): Appearance => appearance;

export function useAppearance(): Appearance {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => appearance,
  );
}

/** The colour of a token as it is now, for what draws on a canvas: `colourOf('up')`. */
export function colourOf(token: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${token}`).trim();
}

/** Changes with the colours: what draws on a canvas draws anew when it does. */
export function useColours(): string {
  const { theme, directions } = useAppearance();
  return `${theme} ${directions} ${prefersLight.matches}`;
}
