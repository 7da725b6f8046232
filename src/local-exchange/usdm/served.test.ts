import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { UsdmDesk } from '../../../test/fixtures/usdm-desk.ts';
import { ERROR_TEXTS } from './refusals.ts';

/** Codes of the futures documentation beyond those of the server and of spot. */
const DOCUMENTED = [
  -1004, -1005, -1011, -1023, -1099, -1108, -1109, -1110, -1113, -1126, -1136, -2010, -2011, -2012, -2013, -2017, -2018,
  -2019, -2020, -2021, -2022, -2023, -2024, -2025, -2026, -2027, -2028, -4000, -4001, -4002, -4003, -4004, -4005, -4006,
  -4007, -4013, -4014, -4015, -4016, -4021, -4023, -4024, -4028, -4031, -4032, -4044, -4045, -4046, -4047, -4048, -4049,
  -4050, -4051, -4052, -4053, -4054, -4055, -4056, -4057, -4059, -4060, -4061, -4062, -4067, -4068, -4082, -4083, -4087,
  -4088, -4104, -4105, -4106, -4107, -4109, -4114, -4115, -4116, -4117, -4118, -4120, -4131, -4135, -4137, -4138, -4139,
  -4140, -4141, -4142, -4144, -4161, -4164, -4165, -4167, -4168, -4169, -4170, -4171, -4172, -4183, -4184, -4189, -4192,
  -4202, -4203, -4205, -4206, -4208, -4209, -4210, -4211, -4400, -4401, -4402, -4403, -4531, -5021, -5022, -5024, -5025,
  -5026, -5027, -5028, -5029, -5037, -5038, -5039, -5040, -5041, -5043,
];

describe('usdm served', () => {
  const rows = new UsdmDesk().product.served();

  test('error codes: every documented one -> sent, or refused with a reason', () => {
    const named = new Set(rows.filter((r) => r.kind === 'error-code').map((r) => Number(r.name)));
    assert.deepEqual(
      DOCUMENTED.filter((code) => !named.has(code)),
      [],
    );
  });

  test('error codes: every one that is said to be sent -> stands in the code that sends it', () => {
    const code = globSync('*.ts', { cwd: import.meta.dirname })
      .filter((file) => !file.endsWith('.test.ts') && file !== 'refusals.ts' && file !== 'served.ts')
      .map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'))
      .join('\n');
    // `missing` of refusals.ts is the one place of -1102.
    const unsent = Object.keys(ERROR_TEXTS).filter((c) => c !== '-1102' && !new RegExp(`${c}\\b`).test(code));
    assert.deepEqual(unsent, []);
  });

  test('rows: what is refused -> has a reason; no name twice', () => {
    assert.deepEqual(
      rows.filter((r) => !r.served && !r.reason),
      [],
    );
    const names = rows.map((r) => `${r.kind} ${r.name}`);
    assert.deepEqual(
      names.filter((name, i) => names.indexOf(name) !== i),
      [],
    );
  });
});
