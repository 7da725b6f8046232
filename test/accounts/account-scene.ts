import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Failure, FailureCode } from '../../src/api/failures.ts';
import { failureOf } from '../../src/api/handlers/failure-of.ts';
import { execute } from '../../src/api/handlers/handlers.ts';
import type { Warning } from '../../src/api/operation.ts';
import type { Output } from '../../src/api/operations/table.ts';
import type { World } from '../../src/api/world.ts';
import { parseCommandLine } from '../../src/cli/parse.ts';
import { compose } from '../../src/compose.ts';
import { readConfig } from '../../src/config.ts';
import { Secret } from '../../src/core/vocabulary/secret.ts';

type OneOf = Output<'account-add'> &
  Output<'account-ls'> &
  Output<'account-check'> &
  Output<'account-rekey'> &
  Output<'provider-add'> &
  Output<'provider-ls'> &
  Output<'provider-rm'> &
  Output<'journal-verify'> &
  Output<'kill'>;

/** A home folder of its own, and command lines run against it in this process, each in a world of its own as each process has. */
export class AccountScene {
  readonly folder = mkdtempSync(join(tmpdir(), 'tradewright-accounts-'));
  readonly home = join(this.folder, '.tradewright');
  readonly warnings: Warning[] = [];
  /** For every call; {@link World}s read it anew. */
  env: Record<string, string> = {};
  readonly #worlds = new Set<World>();

  world(): World {
    const world = compose(readConfig({ home: this.home }, this.env, this.folder));
    this.#worlds.add(world);
    return world;
  }

  /** Carries out a line; `answers`: what is answered to the questions, null where nobody can be asked. */
  async run(line: string, answers: readonly string[] | null = []): Promise<OneOf> {
    const { id, given } = parseCommandLine(line.split(' '), false);
    const left = [...(answers ?? [])];
    const askSecret = async (question: string): Promise<Secret> => {
      const answer = left.shift();
      if (answer === undefined) throw new Error(`nobody answers ${question}`);
      return new Secret(answer);
    };
    const world = this.world();
    try {
      return (await execute(id, given, world, {
        ...{ progress: () => true, update: () => {}, warn: (warning: Warning) => void this.warnings.push(warning) },
        ...{ stop: new AbortController().signal, askSecret: answers === null ? null : askSecret },
      })) as OneOf;
    } finally {
      this.#worlds.delete(world);
      await world.close();
    }
  }

  /** What is said of a line that must be refused. */
  async refusal(line: string, code: FailureCode, answers: readonly string[] | null = []): Promise<Failure> {
    try {
      await this.run(line, answers);
    } catch (error) {
      const failure = failureOf(error);
      if (failure.code === code) return failure;
      throw new Error(`expected ${code}, found ${failure.code}: ${failure.message}`, { cause: error });
    }
    throw new Error(`${line} was not refused`);
  }

  /** Every byte under the folder, as one text. */
  everything(): string {
    return readdirSync(this.folder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(this.folder, name))
      .filter((path) => statSync(path).isFile())
      .map((path) => readFileSync(path, 'latin1'))
      .join('\n');
  }

  async dispose(): Promise<void> {
    for (const world of this.#worlds) await world.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
