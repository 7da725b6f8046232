import type { ProblemError } from '../../../src/api/client/problem.ts';

interface ObjectionsProps {
  readonly problem: ProblemError | null;
  /** Objections that are answered, word for word, with commas between. */
  readonly accepted: string;
  readonly onAccepted: (accepted: string) => void;
}

/** What was objected to, to be taken upon oneself by a tick: nobody types a sentence over from a hint for a terminal. */
export function Objections({ problem, accepted, onAccepted }: ObjectionsProps) {
  const expected = problem?.code === 'key-unfit' ? problem.details['expected'] : null;
  if (!Array.isArray(expected) || expected.length === 0) return null;
  const words = accepted.split(',').flatMap((word) => (word.trim() === '' ? [] : [word.trim()]));
  return (
    <fieldset className="space-y-1">
      <legend className="text-sm text-soft">Take upon yourself, and ask again:</legend>
      {expected.map(String).map((each) => (
        <label key={each} className="flex items-center gap-2">
          <input
            type="checkbox"
            checked={words.includes(each)}
            onChange={({ target }) =>
              onAccepted((target.checked ? [...words, each] : words.filter((word) => word !== each)).join(', '))
            }
          />
          {each}
        </label>
      ))}
    </fieldset>
  );
}
