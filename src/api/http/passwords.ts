import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { Failure } from '../failures.ts';

/** RFC 9106, section 4, second recommended option: 64 MiB, 3 passes, 4 lanes. */
const COST: Cost = { memoryKib: 65_536, passes: 3, lanes: 4 };
const HASH_BYTES = 32;
const SALT_BYTES = 16;
/** What a stored hash may ask for: a row that was tampered with must not take all memory. */
const MOST = { memoryKib: 1_048_576, passes: 20, lanes: 16 } as const;
/** Each takes 64 MiB and a thread that files are read with, too. */
const MOST_AT_ONCE = 2;
const MOST_WAITING = 8;

interface Cost {
  readonly memoryKib: number;
  readonly passes: number;
  readonly lanes: number;
}

const SHAPE = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/;
const base64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');

/** A slow hash of a password as the field writes it (PHC string): `$argon2id$v=19$m=65536,t=3,p=4$…$…`. */
export async function hashPassword(password: string, cost: Cost = COST): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  return written(salt, await stretch(password, salt, cost), cost);
}

function written(salt: Buffer, hash: Buffer, { memoryKib, passes, lanes }: Cost): string {
  return `$argon2id$v=19$m=${memoryKib},t=${passes},p=${lanes}$${base64(salt)}$${base64(hash)}`;
}

/** Whether a password is that of a hash; false for what is no hash. */
export async function isPassword(password: string, stored: string): Promise<boolean> {
  const [, memory, passes, lanes, salt = '', hash = ''] = SHAPE.exec(stored) ?? [];
  const cost: Cost = { memoryKib: Number(memory), passes: Number(passes), lanes: Number(lanes) };
  if (hash === '' || Object.entries(MOST).some(([name, most]) => !(cost[name as keyof Cost] <= most))) return false;
  return timingSafeEqual(await stretch(password, Buffer.from(salt, 'base64'), cost), Buffer.from(hash, 'base64'));
}

function stretch(password: string, nonce: Buffer, { memoryKib, passes, lanes }: Cost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // The same word typed on another keyboard may come in other code points.
    const message = password.normalize('NFKC');
    argon2(
      'argon2id',
      { message, nonce, parallelism: lanes, tagLength: HASH_BYTES, memory: memoryKib, passes },
      (error, key) => (error === null ? resolve(key) : reject(error)),
    );
  });
}

/** What compares a password with a stored hash: {@link isPassword}. */
export type Compare = typeof isPassword;

/** Compares passwords, few at a time, and for nobody as long as for somebody. */
export class PasswordDesk {
  readonly #compare: Compare;
  /** The hash of no password that anybody knows. */
  readonly #decoy = written(randomBytes(SALT_BYTES), randomBytes(HASH_BYTES), COST);
  readonly #waiting: (() => void)[] = [];
  /** Of who is signed in: they go before whoever only says a name. */
  readonly #first: (() => void)[] = [];
  #underWay = 0;

  constructor(compare: Compare) {
    this.#compare = compare;
  }

  /**
   * `stored`: null where there is nobody of the name. `isSignedIn`: whoever waits without it waits behind. Rejects with {@link Failure} `server-busy`,
   * where nothing was compared.
   */
  async isRight(password: string, stored: string | null, isSignedIn = false): Promise<boolean> {
    if (this.#underWay >= MOST_AT_ONCE) {
      const waiting = isSignedIn ? this.#first : this.#waiting;
      if (waiting.length >= MOST_WAITING)
        throw new Failure('server-busy', 'more people sign in than can be looked at now');
      await new Promise<void>((go) => waiting.push(go));
    } else this.#underWay++;
    try {
      const isSame = await this.#compare(password, stored ?? this.#decoy);
      return isSame && stored !== null;
    } finally {
      const next = this.#first.shift() ?? this.#waiting.shift();
      if (next === undefined) this.#underWay--;
      else next();
    }
  }
}
