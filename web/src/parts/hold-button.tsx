import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';

const HOLD_MS = 1_500;
const STEP_MS = 30;

interface HoldButtonProps {
  readonly onHeld: () => void;
  readonly children: ReactNode;
  readonly isDisabled?: boolean;
  readonly className?: string;
}

/** A button that must be held for a second and a half, with pointer or key: nothing grave by a slip. */
export function HoldButton({ onHeld, children, isDisabled = false, className = '' }: HoldButtonProps) {
  const [heldMs, setHeldMs] = useState(0);
  const timer = useRef<ReturnType<typeof setInterval> | undefined>(undefined);
  const end = (): void => {
    clearInterval(timer.current);
    timer.current = undefined;
    setHeldMs(0);
  };
  useEffect(() => () => clearInterval(timer.current), []);
  const begin = (): void => {
    if (isDisabled || timer.current !== undefined) return;
    const beganAt = performance.now();
    timer.current = setInterval(() => {
      const ms = performance.now() - beganAt;
      if (ms < HOLD_MS) return setHeldMs(ms);
      end();
      onHeld();
    }, STEP_MS);
  };
  const isHeld = (event: KeyboardEvent): boolean => event.key === ' ' || event.key === 'Enter';
  return (
    <button
      type="button"
      disabled={isDisabled}
      className={`relative overflow-hidden rounded-md border border-bad bg-bad/15 px-4 py-2 font-semibold text-bad select-none touch-none disabled:opacity-50 ${className}`}
      onPointerDown={begin}
      onPointerUp={end}
      onPointerLeave={end}
      onPointerCancel={end}
      onKeyDown={(event) => {
        if (!isHeld(event)) return;
        event.preventDefault();
        begin();
      }}
      onKeyUp={(event) => isHeld(event) && end()}
      onBlur={end}
    >
      <span
        aria-hidden="true"
        className="absolute inset-y-0 left-0 bg-bad/40"
        style={{ width: `${(heldMs / HOLD_MS) * 100}%` }}
      />
      <span className="relative">{children}</span>
    </button>
  );
}
