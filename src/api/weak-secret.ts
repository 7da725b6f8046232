import { LONGEST_PASSWORD } from './browser-session.ts';

/** Shorter ones are tried out too fast, however slow each try is. */
const LEAST_PASSWORD = 12;
const LEAST_DIFFERENT = 6;

/** Shorter ones are on no list. */
const LEAST_KNOWN = 4;

/** What stands in examples, in other programs' samples and at the head of every list of guesses: lower case, letters and digits only. */
const KNOWN: ReadonlySet<string> = new Set(
  [
    'abc123 abcdef abcdefgh abcdefghijkl admin administrator adminadmin asdf asdfgh asdfghjkl changeit changeme changethis',
    'correcthorsebatterystaple default demo example foobar hunter hunter2 iloveyou insecure letmein login master monkey',
    'mypassword mysecret mysecretpassword none notsecure pass passphrase passw0rd password passwordpassword passwort postgres',
    'qazwsx qazwsxedc qwerty qwertyuiop qwertz replaceme replacethis root sample secret secretpassword somethingrandom',
    'superpassword supersecret supersecretpassword test testtest thisisasecret todo trader trading tradewright trustno1',
    'verysecret welcome yourpassword yoursecret yourpasswordhere zaq12wsx zxcvbn zxcvbnm zxcvbnmasdfghjkl',
  ].flatMap((line) => line.split(' ')),
);
const RUNS = ['0123456789012345678901234567890', '9876543210987654321098765432109', 'abcdefghijklmnopqrstuvwxyz'];

/** Letters and digits of any script, in lower case. */
const plainOf = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');

/** Whether a text is one of those that everybody tries first: a sample, or one with digits or marks around it. */
export function isSampleSecret(text: string): boolean {
  const plain = plainOf(text);
  const words = plain.replaceAll(/^\p{N}+|\p{N}+$/gu, '');
  return plain === '' || KNOWN.has(plain) || KNOWN.has(words) || RUNS.some((run) => run.includes(plain));
}

/** Why a password protects nothing, after `expected`; null for one that may. It never repeats the password. */
export function weaknessOf(password: string, name: string): string | null {
  const text = password.normalize('NFKC');
  if (text.length < LEAST_PASSWORD) return `at least ${LEAST_PASSWORD} characters`;
  if (text.length > LONGEST_PASSWORD) return `at most ${LONGEST_PASSWORD} characters`;
  if (new Set(text).size < LEAST_DIFFERENT) return `at least ${LEAST_DIFFERENT} different characters`;
  const rest = text.toLowerCase().replaceAll(name.toLowerCase(), '');
  const half = rest.slice(0, Math.ceil(rest.length / 2));
  const isHalfKnown = plainOf(half).length >= LEAST_KNOWN && isSampleSecret(half);
  if (isSampleSecret(text) || isSampleSecret(rest) || isHalfKnown)
    return 'one that stands on no list of passwords, and is not the name with something around it';
  return null;
}
