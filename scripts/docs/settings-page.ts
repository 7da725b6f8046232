import { fileKey, SETTINGS } from '../../src/settings.ts';
import { block, code, page, table } from './markdown.ts';

/** The page of settings. */
export function settingsPage(): string {
  const rows = SETTINGS.map((setting) => [
    code(setting.env),
    setting.isSecret === true || setting.env === 'TRADEWRIGHT_CONFIG' ? '–' : code(fileKey(setting)),
    setting.byDefault === null ? '–' : code(setting.byDefault),
    `${setting.about}.`,
  ]);
  return page(
    'Configuration',
    'Every setting of an installation, beside the flags of its commands. To look things up.',
    [
      'A flag goes before the environment, that before the configuration file, that before the default. The file is `tradewright.json` in the folder that a command is run in, or the one that `TRADEWRIGHT_CONFIG` names: a JSON object of texts, numbers and switches. What may hold a secret is refused in it. A name that is no setting is an error, in the file and in the environment. `tradewright config explain` shows what is in force and where each value comes from.',
      block('json', '{ "home": "/var/lib/tradewright", "timeout": 120 }'),
      table(['environment', 'file', 'default', 'meaning'], rows),
    ],
  );
}
