import { z } from 'zod';
import { operation } from '../operation.ts';

export const doctor = operation({
  name: 'doctor',
  group: 'installation',
  summary: 'Check the installation: Node, home folder, disk, memory, data',
  kind: 'query',
  scope: 'read',
  get input() {
    return z.object({
      strict: z.boolean().default(false).meta({ description: 'End with exit code 10 where anything is wrong' }),
    });
  },
  get output() {
    return z.object({
      healthy: z.boolean(),
      checks: z.array(
        z.object({
          name: z.string(),
          status: z.enum(['passed', 'warning', 'failed', 'not-run']),
          text: z.string(),
          hint: z.string().nullable(),
        }),
      ),
    });
  },
  positionals: [],
  examples: [
    { command: 'doctor', does: 'what works and what does not' },
    { command: 'doctor --strict --json', does: 'the same for a pipeline' },
  ],
});

export const version = operation({
  name: 'version',
  group: 'installation',
  summary: 'Print the version',
  kind: 'query',
  scope: 'read',
  get input() {
    return z.object({});
  },
  get output() {
    return z.object({ version: z.string(), node: z.string(), platform: z.string(), home: z.string() });
  },
  positionals: [],
  examples: [
    { command: 'version', does: 'program, Node and platform' },
    { command: 'version --json', does: 'the same for a program' },
  ],
});

export const SHELLS = ['bash', 'zsh', 'fish', 'pwsh'] as const;

export const completion = operation({
  name: 'completion',
  group: 'installation',
  summary: 'Print a script that completes commands, flags and names',
  kind: 'query',
  scope: 'read',
  localOnly: 'A shell completes the commands of its own machine.',
  get input() {
    return z.object({ shell: z.enum(SHELLS).meta({ description: 'Shell to complete in' }) });
  },
  get output() {
    return z.object({ shell: z.enum(SHELLS), script: z.string() });
  },
  positionals: ['shell'],
  examples: [
    { command: 'completion bash >> ~/.bashrc', does: 'for bash' },
    { command: 'completion zsh > ~/.zfunc/_tradewright', does: 'for zsh, with ~/.zfunc in fpath' },
  ],
});

export const help = operation({
  name: 'help',
  group: 'installation',
  summary: 'Explain a command',
  kind: 'query',
  scope: 'read',
  get input() {
    return z.object({
      command: z
        .array(z.string())
        .default([])
        .meta({ description: 'A command; without it the list', placeholder: 'command', completes: 'command' }),
    });
  },
  get output() {
    return z.object({
      commands: z.array(
        z.object({
          name: z.string(),
          group: z.string(),
          summary: z.string(),
          kind: z.enum(['query', 'command', 'stream']),
          schema: z.string(),
          input: z.json(),
          output: z.json(),
          examples: z.array(z.object({ command: z.string(), does: z.string() })),
        }),
      ),
    });
  },
  positionals: ['command'],
  examples: [
    { command: 'help backtest', does: 'flags and examples of one command' },
    { command: 'help --json', does: 'every command with its JSON schemas' },
  ],
});

export const configExplain = operation({
  name: 'config explain',
  group: 'installation',
  summary: 'List the settings, with their values and where each comes from',
  details:
    'Flags go before the environment, that before the configuration file (tradewright.json in the working folder, or the one that TRADEWRIGHT_CONFIG names), that before defaults. What is no setting is an error. Secrets are not shown.',
  kind: 'query',
  scope: 'admin',
  get input() {
    return z.object({});
  },
  get output() {
    return z.object({
      file: z.string().nullable(),
      settings: z.array(
        z.object({
          name: z.string(),
          /** As it is named in a configuration file; null for what does not belong there. */
          key: z.string().nullable(),
          /** Null where it is not set; `set` for a secret that is. */
          value: z.string().nullable(),
          origin: z.enum(['flag', 'environment', 'file', 'default']),
          about: z.string(),
        }),
      ),
    });
  },
  positionals: [],
  examples: [
    { command: 'config explain', does: 'what is in force here' },
    { command: 'config explain --json', does: 'the same for a program' },
  ],
});
