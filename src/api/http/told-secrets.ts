import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Json } from '../../core/vocabulary/json.ts';
import { Secret } from '../../core/vocabulary/secret.ts';
import type { AskSecret } from '../../ports/secret-vault.ts';
import { Failure } from '../failures.ts';
import type { Operation } from '../operation.ts';
import { isLoopback } from './access.ts';
import { jsonObject } from './body.ts';

/** Answers to the questions of an operation, in their order. A private key in PEM form has lines. */
export const secretsField = z
  .array(z.string().min(1).max(20_000))
  .max(5)
  .default([])
  .meta({ description: 'What would be asked for at a terminal, in that order; over TLS or on this machine only' });

/** What opens all of it is asked for at a terminal, and nowhere else. */
const MASTER = 'master passphrase';

/** A request without its secrets, and who answers with them what is asked. */
export interface ToldSecrets {
  readonly text: string;
  readonly askSecret: AskSecret;
}

/**
 * Takes the secrets out of a request, so that nothing which keeps, compares or logs requests has them. Null for operations that ask for none. Throws
 * {@link Failure} `secret-exposed` where others on the way could have read them, or could read one that is told in the answer.
 */
export function toldSecrets(
  { asksSecrets, toldOnce, name }: Operation,
  { protocol, ip }: Pick<FastifyRequest, 'protocol' | 'ip'>,
  text: string,
): ToldSecrets | null {
  if (asksSecrets !== true) return null;
  const { secrets: given, ...rest } = jsonObject(text) as Readonly<Record<string, Json>>;
  const parsed = secretsField.safeParse(given);
  if (!parsed.success)
    throw new Failure('input-invalid', 'secrets: expected up to 5 texts in the order of the questions', {
      details: { field: 'secrets' },
    });
  const isInClear = protocol !== 'https' && !isLoopback(ip);
  if (parsed.data.length > 0 && isInClear)
    throw new Failure(
      'secret-exposed',
      `${name}: expected secrets over TLS or from this machine, found them in clear`,
      {
        hint: 'Whoever is on the way has them now: make other keys, and serve with --tls-cert and --tls-key.',
      },
    );
  if (toldOnce !== undefined && isInClear)
    throw new Failure(
      'secret-exposed',
      `${name}: expected TLS or this machine, as it answers a secret, found neither`,
      {
        hint: 'Nothing was done. Serve with --tls-cert and --tls-key, or ask on the machine of the server.',
      },
    );
  const secrets = [...parsed.data];
  const askSecret: AskSecret = async (question) => {
    if (question.startsWith(MASTER))
      throw new Failure('secret-missing', `${question}: expected a vault that a server opens by itself`, {
        hint: 'Start the server with TRADEWRIGHT_MASTER_KEY_FILE or TRADEWRIGHT_MASTER_PASSPHRASE_FILE, or do it at a terminal.',
      });
    const next = secrets.shift();
    if (next !== undefined) return new Secret(next);
    throw new Failure('secret-missing', `${question}: expected an answer in secrets, found none`, {
      hint: 'Give one text for each question in secrets, in their order.',
      details: { field: 'secrets', expected: question },
    });
  };
  return { text: JSON.stringify(rest), askSecret };
}
