import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure } from '../failures.ts';
import { confirmRisk } from './risk-confirmation.ts';

test('the input ends before the name of the account is typed -> not confirmed, not a missing key', async () => {
  const askSecret = async (): Promise<never> => {
    throw new Failure('secret-missing', 'expected an answer, found the end of the input');
  };
  const input = { cash: 10, leverage: 1 } as Parameters<typeof confirmRisk>[0];
  const info = { label: 'main', venue: 'local', environment: 'local' } as Parameters<typeof confirmRisk>[1];
  await assert.rejects(confirmRisk(input, info, {}, { askSecret, warn() {} } as never), {
    code: 'not-confirmed',
    message: /the name of the account, main, found the end of the input/,
  });
});
