import { Dialog as Radix } from 'radix-ui';
import { type ReactNode, useRef } from 'react';
import { Button } from './button.tsx';

interface DialogProps {
  readonly title: string;
  /** One sentence of what it is for. */
  readonly about?: ReactNode;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** A drawer comes from the side and leaves the page in view. */
  readonly place?: 'middle' | 'side';
}

const PLACES = {
  middle: 'left-1/2 top-[8vh] w-[min(38rem,calc(100vw-1.5rem))] max-h-[84vh] -translate-x-1/2 rounded-xl',
  side: 'right-0 top-0 h-full w-[min(34rem,100vw)] border-y-0 border-r-0',
} as const;

/** What a form asks for first. A choice of one among several is no place to begin: keys that are still held would change it. */
const FIRST_FIELD = 'form :is(input, select, textarea):not(:disabled)';

/** To its first field, and not to what closes it: Enter after a word that was typed must not take the deed back. */
function focusFirstField(event: Event): void {
  const field = (event.currentTarget as HTMLElement).querySelector<HTMLElement>(FIRST_FIELD);
  if (field === null || (field instanceof HTMLInputElement && field.type === 'radio')) return;
  event.preventDefault();
  field.focus();
}

export function Dialog({ title, about, isOpen, onClose, children, place = 'middle' }: DialogProps) {
  const before = useRef<Element | null>(null);
  const wasOpen = useRef(false);
  // As it opens: a field within may take the focus before anything is told of it.
  if (isOpen && !wasOpen.current) before.current = document.activeElement;
  wasOpen.current = isOpen;
  return (
    <Radix.Root open={isOpen} onOpenChange={(open) => open || onClose()}>
      <Radix.Portal>
        <Radix.Overlay className={`fixed inset-0 z-40 ${place === 'side' ? 'bg-black/30' : 'bg-black/60'}`} />
        <Radix.Content
          className={`fixed z-50 flex flex-col border bg-panel shadow-2xl ${PLACES[place]}`}
          onOpenAutoFocus={focusFirstField}
          // Back to what opened it, which is no trigger of the library's.
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            if (before.current instanceof HTMLElement) before.current.focus();
          }}
          {...(about === undefined ? { 'aria-describedby': undefined } : {})}
        >
          <header className="flex items-start gap-2 border-b px-4 py-3">
            <div className="min-w-0 flex-1">
              <Radix.Title className="text-base font-semibold">{title}</Radix.Title>
              {about === undefined ? null : (
                <Radix.Description className="text-sm text-soft">{about}</Radix.Description>
              )}
            </div>
            <Radix.Close asChild>
              <Button kind="quiet" size="small" aria-label="Close">
                ✕
              </Button>
            </Radix.Close>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto p-4">{children}</div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
