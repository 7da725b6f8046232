import { z } from 'zod';
import { lazy } from '../../core/vocabulary/lazy.ts';
import { operation } from '../operation.ts';

export const newStrategy = operation({
  name: 'new strategy',
  group: 'research',
  summary: 'Write a strategy and its test from a template',
  kind: 'command',
  scope: 'admin',
  get input() {
    return z.object({
      id: z
        .string()
        .regex(/^[a-z][a-z0-9-]{0,47}$/, 'expected a kebab-case id such as trend-pullback')
        .meta({ description: 'Its id, which is also the name of the file', placeholder: 'id' }),
      out: z
        .string()
        .default('strategies')
        .meta({ description: 'Folder to write to', placeholder: 'dir', completes: 'file' }),
      force: z.boolean().default(false).meta({ description: 'Overwrite files that are there' }),
    });
  },
  get output() {
    return z.object({ id: z.string(), files: z.array(z.string()) });
  },
  positionals: ['id'],
  examples: [
    { command: 'new strategy trend-pullback', does: 'strategies/trend-pullback.ts and its test' },
    { command: 'new strategy fade --out research', does: 'the same in another folder' },
  ],
});

const parameter = lazy(() =>
  z.object({
    name: z.string(),
    kind: z.string(),
    default: z.json(),
    min: z.number().nullable(),
    max: z.number().nullable(),
    step: z.number().nullable(),
    options: z.array(z.string()),
  }),
);

export const strategies = operation({
  name: 'strategies',
  group: 'reference',
  summary: 'List the built-in strategies, or show one with its parameters',
  kind: 'query',
  scope: 'read',
  get input() {
    return z.object({
      strategy: z
        .string()
        .optional()
        .meta({ description: 'A built-in strategy or a file', placeholder: 'name', completes: 'strategy' }),
    });
  },
  get output() {
    return z.object({
      strategies: z.array(
        z.object({
          id: z.string(),
          version: z.string(),
          about: z.string(),
          failsWhen: z.string(),
          feeds: z.array(z.object({ name: z.string(), bars: z.string(), symbol: z.string().nullable() })),
          params: z.array(parameter()),
        }),
      ),
    });
  },
  positionals: ['strategy'],
  examples: [
    { command: 'strategies', does: 'all of them' },
    { command: 'strategies sma-cross', does: 'parameters, ranges, and when it loses' },
  ],
  runsStrategies: true,
});

export const indicators = operation({
  name: 'indicators',
  group: 'reference',
  summary: 'List the indicators, or show one',
  kind: 'query',
  scope: 'read',
  isLasting: true,
  get input() {
    return z.object({
      indicator: z
        .string()
        .optional()
        .meta({ description: 'Name of one, or part of it', placeholder: 'name', completes: 'indicator' }),
    });
  },
  get output() {
    return z.object({
      indicators: z.array(
        z.object({
          name: z.string(),
          group: z.string(),
          title: z.string(),
          formula: z.string(),
          source: z.string(),
          inputs: z.array(z.string()),
          outputs: z.array(z.string()),
          unit: z.string(),
          params: z.array(
            z.object({ name: z.string(), default: z.number(), min: z.number(), max: z.number(), about: z.string() }),
          ),
          /** Bars until the first value, and until values no longer depend on where the data begin; with default parameters. */
          warmUpBars: z.number(),
          settledBars: z.number(),
        }),
      ),
    });
  },
  positionals: ['indicator'],
  examples: [
    { command: 'indicators', does: 'all of them by group' },
    { command: 'indicators rsi', does: 'one with its inputs' },
  ],
});

export const docs = operation({
  name: 'docs',
  group: 'reference',
  summary: 'Read the documentation in the terminal',
  kind: 'query',
  scope: 'read',
  isLasting: true,
  get input() {
    return z.object({
      topic: z
        .string()
        .optional()
        .meta({ description: 'A topic; without it the list', placeholder: 'topic', completes: 'topic' }),
    });
  },
  get output() {
    return z.object({
      topics: z.array(z.object({ topic: z.string(), title: z.string() })),
      text: z.string().nullable(),
    });
  },
  positionals: ['topic'],
  examples: [
    { command: 'docs', does: 'the topics' },
    { command: 'docs reference/cli', does: 'one of them' },
  ],
});
