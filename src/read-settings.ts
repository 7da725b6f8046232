import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { closest } from './api/closest.ts';
import { Failure } from './api/failures.ts';
import { isSampleSecret } from './api/weak-secret.ts';
import type { ShownSetting, ShownSettings } from './ports/settings.ts';
import { fileKey, SETTINGS, type Setting, unknownNames } from './settings.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** A setting as it is in force. */
export interface SettingInForce {
  readonly setting: Setting;
  /** Null where it is not set and nothing is assumed. */
  readonly value: string | null;
  readonly origin: ShownSetting['origin'];
}

export interface SettingsInForce {
  readonly rows: readonly SettingInForce[];
  /** The configuration file that was read; null for none. */
  readonly file: string | null;
  /** The environment with what only the file says, by the names of the environment. */
  readonly env: Environment;
}

/** Flags, then the environment, then the file, then defaults. Throws {@link Failure} `config-invalid`. */
export function readSettings(
  flags: { readonly home?: string | undefined; readonly server?: string | undefined },
  env: Environment,
  workingPath: string,
  isWithoutFile = false,
): SettingsInForce {
  const [unknown] = unknownNames(env);
  if (unknown !== undefined)
    throw invalid(`the environment has ${unknown}, which is no setting`, {
      found: unknown,
      near: closest(
        unknown,
        SETTINGS.map((s) => s.env),
      ),
    });
  const { file, values } = isWithoutFile ? NO_VALUES : readFile(env['TRADEWRIGHT_CONFIG'], workingPath);
  const rows = SETTINGS.map((setting): SettingInForce => {
    const flag =
      setting.env === 'TRADEWRIGHT_HOME' ? flags.home : setting.env === 'TRADEWRIGHT_SERVER' ? flags.server : undefined;
    if (flag !== undefined) return { setting, value: flag, origin: 'flag' };
    const own = env[setting.env] || null;
    const value = own ?? values.get(setting) ?? setting.byDefault;
    const origin = own !== null ? 'environment' : values.has(setting) ? 'file' : 'default';
    const where = origin === 'file' ? `${file}: ${fileKey(setting)}` : setting.env;
    const expected = value === null || origin === 'default' ? null : expectedInstead(setting, value);
    if (expected !== null)
      throw invalid(`${where}: expected ${expected}, found ${setting.isSecret ? 'another' : value}`, {
        found: where,
        near: null,
      });
    return { setting, value, origin };
  });
  const fromFile = rows.filter((row) => row.origin === 'file').map(({ setting, value }) => [setting.env, value]);
  return { rows, file, env: { ...env, ...(Object.fromEntries(fromFile) as Environment) } };
}

/** What a setting takes, where a value is not that. */
function expectedInstead({ values, form }: Setting, value: string): string | null {
  if (values !== undefined && !values.includes(value)) return values.join(' or ');
  return form === undefined || form.pattern.test(value) ? null : form.words;
}

/** Settings as they may be shown. */
export function shownSettings({ file, rows }: SettingsInForce): ShownSettings {
  const show = ({ setting, value, origin }: SettingInForce): ShownSetting => ({
    ...{ name: setting.env, origin, about: setting.about },
    key: setting.isSecret === true || setting.env === 'TRADEWRIGHT_CONFIG' ? null : fileKey(setting),
    value: setting.isSecret === true && value !== null ? 'set' : value,
  });
  const samples = rows.filter(({ setting, value }) => setting.isSecret === true && value !== null && isSample(value));
  return { file, settings: rows.map(show), samples: samples.map(({ setting }) => setting.env) };
}

/** A secret, or the password of an address. An address without one has none. */
function isSample(text: string): boolean {
  if (!text.includes('://')) return isSampleSecret(text);
  const [, userInfo] = /:\/\/([^/?#]*)@/.exec(text) ?? [];
  const password = userInfo === undefined ? -1 : userInfo.indexOf(':');
  return password >= 0 && isSampleSecret(decoded(userInfo!.slice(password + 1)));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Settings for a program that must not be kept from its work by a wrong one: what {@link readSettings} would refuse is left out, and said.
 */
export function readSettingsAnyway(
  flags: Parameters<typeof readSettings>[0],
  env: Environment,
  workingPath: string,
): { readonly settings: SettingsInForce; readonly objections: readonly string[] } {
  const objections: string[] = [];
  const rest: Record<string, string | undefined> = { ...env };
  for (;;) {
    try {
      return { settings: readSettings(flags, rest, workingPath, objections.includes(NO_FILE)), objections };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      objections.push(error.message);
      const { found } = error.details as { readonly found: string };
      if (Object.hasOwn(rest, found)) delete rest[found];
      else if (!objections.includes(NO_FILE)) objections.push(NO_FILE);
      else throw error;
    }
  }
}

const NO_VALUES: { readonly file: null; readonly values: ReadonlyMap<Setting, string> } = {
  file: null,
  values: new Map(),
};
const NO_FILE = 'the configuration file is left out';

function readFile(
  named: string | undefined,
  workingPath: string,
): { readonly file: string | null; readonly values: ReadonlyMap<Setting, string> } {
  const file = named || 'tradewright.json';
  let text: string;
  try {
    text = readFileSync(resolve(workingPath, file), 'utf8');
  } catch (error) {
    const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (isAbsent && !named) return NO_VALUES;
    throw invalid(`the configuration file ${file} cannot be read`, { found: file, near: null });
  }
  return { file, values: valuesOf(file, text) };
}

function valuesOf(file: string, text: string): ReadonlyMap<Setting, string> {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw invalid(`${file} is no JSON: ${(error as Error).message}`, { found: file, near: null });
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    throw invalid(`${file}: expected an object of settings, found another value`, { found: file, near: null });
  const byKey = new Map(SETTINGS.filter((s) => s.env !== 'TRADEWRIGHT_CONFIG').map((s) => [fileKey(s), s]));
  const values = new Map<Setting, string>();
  for (const [key, value] of Object.entries(document)) {
    const setting = byKey.get(key);
    if (setting === undefined)
      throw invalid(`${file}: ${key} is no setting`, { found: key, near: closest(key, [...byKey.keys()]) });
    if (setting.isSecret)
      throw invalid(`${file}: ${key} may hold a secret, and a configuration file is no place for one`, {
        ...{ found: key, near: null },
        hint: `Set ${setting.env} in the environment of the program.`,
      });
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
      throw invalid(`${file}: ${key}: expected a text, found ${value === null ? 'null' : typeof value}`, {
        ...{ found: key, near: null },
      });
    values.set(setting, value === true ? '1' : value === false ? '0' : String(value));
  }
  return values;
}

function invalid(
  message: string,
  { found, near, hint }: { readonly found: string; readonly near: string | null; readonly hint?: string },
): Failure {
  const meant = near === null ? {} : { hint: `Did you mean ${near}? tradewright config explain lists all settings.` };
  return new Failure('config-invalid', message, {
    ...meant,
    ...(hint === undefined ? {} : { hint }),
    details: { found },
  });
}
