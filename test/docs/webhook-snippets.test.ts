import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { signature } from '../../src/adapters/notify/webhook.ts';
import { Secret } from '../../src/core/vocabulary/secret.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/how-to/alerts-and-webhooks.md'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'tradewright-snippets-'));
after(() => rmSync(folder, { recursive: true }));

function snippet(language: string): string {
  const found = page.match(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``));
  assert.ok(found, `a block of ${language}`);
  return found[1]!;
}

const secret = `whsec_${Buffer.from('a key of some thirty two bytes..').toString('base64')}`;
const other = `whsec_${Buffer.from('another key of thirty two bytes.').toString('base64')}`;
const BODY = '{"type":"alert.raised","data":{"title":"fell by 12 % — “btc”"}}';

function headers(of: readonly string[], seconds: number, body = BODY): Record<string, string> {
  const signatures = of.map((each) => signature(new Secret(each), 'msg_1', seconds, body));
  return { 'webhook-id': 'msg_1', 'webhook-timestamp': String(seconds), 'webhook-signature': signatures.join(' ') };
}

/** Made when they are needed: what is signed is old after five minutes. */
function casesOf(nowSeconds: number) {
  const right = headers([secret], nowSeconds);
  return [
    { what: 'right', headers: right, body: BODY, expected: true },
    { what: 'signed under two secrets', headers: headers([other, secret], nowSeconds), body: BODY, expected: true },
    { what: 'under another secret', headers: headers([other], nowSeconds), body: BODY, expected: false },
    { what: 'another body', headers: right, body: `${BODY} `, expected: false },
    { what: 'another id', headers: { ...right, 'webhook-id': 'msg_2' }, body: BODY, expected: false },
    { what: 'too old', headers: headers([secret], nowSeconds - 900), body: BODY, expected: false },
    { what: 'from the future', headers: headers([secret], nowSeconds + 900), body: BODY, expected: false },
    { what: 'without headers', headers: {}, body: BODY, expected: false },
    { what: 'another version', headers: { ...right, 'webhook-signature': 'v2,AAAA' }, body: BODY, expected: false },
  ];
}
const expected = casesOf(0).map((each) => each.expected);

/** Runs a program on the cases; null where its language is not on this machine. */
function run(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<boolean[] | null> {
  return new Promise((resolve, reject) => {
    const child = execFile(command, [...args], { cwd: folder, env: { ...process.env, ...env } }, (error, out, err) => {
      if (error === null) resolve(JSON.parse(out) as boolean[]);
      else if ((error as NodeJS.ErrnoException).code === 'ENOENT') resolve(null);
      else reject(new Error(err));
    });
    child.stdin?.on('error', () => {});
    const cases = casesOf(Math.floor(Date.now() / 1000)).map(({ headers: given, body }) => ({ headers: given, body }));
    child.stdin?.end(JSON.stringify({ secret, cases }));
  });
}

describe('verifying webhooks, as the page shows it', () => {
  test('in JavaScript -> right ones and no others', async () => {
    const driver = `\nimport { readFileSync } from 'node:fs';\nconst { secret, cases } = JSON.parse(readFileSync(0, 'utf8'));\nconsole.log(JSON.stringify(cases.map(({ headers, body }) => verify(secret, headers, body))));\n`;
    writeFileSync(join(folder, 'verify.mjs'), snippet('js') + driver);
    assert.deepEqual(await run(process.execPath, ['verify.mjs']), expected);
  });

  test('in Python -> right ones and no others', async (t) => {
    const driver = `\nimport json, sys\ngiven = json.load(sys.stdin)\nprint(json.dumps([verify(given["secret"], c["headers"], c["body"]) for c in given["cases"]]))\n`;
    writeFileSync(join(folder, 'verify.py'), snippet('python') + driver);
    const found = await run('python3', ['verify.py'], { PYTHONIOENCODING: 'utf-8' });
    if (found === null) return t.skip('Python absent');
    assert.deepEqual(found, expected);
    return undefined;
  });

  test('in Go -> right ones and no others', async (t) => {
    const main = `package main\n\nimport (\n\t"encoding/json"\n\t"os"\n)\n\nfunc main() {\n\tvar given struct {\n\t\tSecret string\n\t\tCases []struct {\n\t\t\tHeaders map[string]string\n\t\t\tBody string\n\t\t}\n\t}\n\tif err := json.NewDecoder(os.Stdin).Decode(&given); err != nil {\n\t\tpanic(err)\n\t}\n\tout := []bool{}\n\tfor _, c := range given.Cases {\n\t\tout = append(out, verify(given.Secret, c.Headers, c.Body))\n\t}\n\tjson.NewEncoder(os.Stdout).Encode(out)\n}\n`;
    writeFileSync(join(folder, 'verify.go'), snippet('go'));
    writeFileSync(join(folder, 'main.go'), main);
    const found = await run('go', ['run', 'verify.go', 'main.go'], { GO111MODULE: 'off', GOFLAGS: '' });
    if (found === null) return t.skip('Go absent');
    assert.deepEqual(found, expected);
    return undefined;
  });
});
