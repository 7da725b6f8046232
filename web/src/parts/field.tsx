import { type ReactNode, useId } from 'react';
import type { ProblemError } from '../../../src/api/client/problem.ts';

interface FieldProps {
  readonly label: ReactNode;
  readonly about?: ReactNode;
  /** What is wrong with it. */
  readonly wrong?: string | null | undefined;
  readonly className?: string;
  readonly children: (of: {
    readonly id: string;
    readonly 'aria-invalid'?: true;
    readonly 'aria-describedby'?: string;
  }) => ReactNode;
}

/** A control with its name above it, and what is wrong or worth knowing below. */
export function Field({ label, about, wrong, className = '', children }: FieldProps) {
  const id = useId();
  const note = `${id}-note`;
  const isWrong = wrong !== null && wrong !== undefined;
  return (
    <div className={`min-w-0 ${className}`}>
      <label htmlFor={id} className="block text-xs text-soft">
        {label}
      </label>
      {children({
        id,
        ...(isWrong ? { 'aria-invalid': true as const } : {}),
        ...(isWrong || about !== undefined ? { 'aria-describedby': note } : {}),
      })}
      {isWrong ? (
        <p id={note} className="mt-0.5 text-xs text-bad">
          {wrong}
        </p>
      ) : about === undefined ? null : (
        <p id={note} className="mt-0.5 text-xs text-soft">
          {about}
        </p>
      )}
    </div>
  );
}

/** Field that a refusal is about; empty for none. */
export function fieldOf(problem: ProblemError | null): string {
  const field = problem?.details['field'];
  return typeof field === 'string' ? field : '';
}

/** What a refusal says of a field, without the field's name before it; null where it is about another one. */
export function wrongAt(problem: ProblemError | null, field: string): string | null {
  if (problem === null || fieldOf(problem) !== field) return null;
  return problem.message.replace(new RegExp(`^${field}: `), '');
}
