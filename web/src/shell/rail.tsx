import { Link } from '@tanstack/react-router';
import { Ellipsis } from 'lucide-react';
import { PageIcon } from './page-icon.tsx';
import { PAGES } from './page-names.ts';

const GROUPS = ['trade', 'research', 'operate'] as const;

/** The pages, at the side; on a phone the most needed ones at the bottom. */
export function Rail() {
  return (
    <nav
      aria-label="Pages"
      className="hidden w-40 shrink-0 flex-col gap-3 overflow-y-auto border-r bg-panel p-2 sm:flex max-lg:w-13"
    >
      {GROUPS.map((group) => (
        <ul key={group} className="space-y-0.5" aria-label={group}>
          {PAGES.filter((page) => page.group === group).map(({ path, name, keys }) => (
            <li key={path}>
              <Link
                to={path}
                activeOptions={{ exact: path === '/', includeSearch: false }}
                className="flex items-center gap-2 rounded-md px-2 py-1.5 text-soft hover:bg-raised hover:text-text aria-[current=page]:bg-accent/15 aria-[current=page]:text-text"
                title={`${name} (${keys})`}
              >
                <PageIcon path={path} className="size-4 shrink-0" />
                <span className="max-lg:sr-only">{name}</span>
              </Link>
            </li>
          ))}
        </ul>
      ))}
    </nav>
  );
}

const PHONE = ['/', '/positions', '/chart', '/risk', '/alerts'];

export function BottomBar({ onMore }: { readonly onMore: () => void }) {
  return (
    <nav aria-label="Pages" className="fixed inset-x-0 bottom-0 z-30 grid grid-cols-6 border-t bg-panel sm:hidden">
      {PAGES.filter(({ path }) => PHONE.includes(path)).map(({ path, name }) => (
        <Link
          key={path}
          to={path}
          activeOptions={{ exact: path === '/', includeSearch: false }}
          className="flex min-h-13 flex-col items-center justify-center text-[0.7rem] text-soft aria-[current=page]:text-accent"
        >
          <PageIcon path={path} className="size-5" />
          {name}
        </Link>
      ))}
      <button
        type="button"
        onClick={onMore}
        className="flex min-h-13 flex-col items-center justify-center text-[0.7rem] text-soft"
      >
        <Ellipsis aria-hidden="true" className="size-5" />
        More
      </button>
    </nav>
  );
}
