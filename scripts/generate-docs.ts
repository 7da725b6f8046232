import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { indicatorsPage, strategiesPage } from './docs/catalogue-pages.ts';
import { llmsTexts } from './docs/llms-texts.ts';
import { cliPage, failuresPage } from './docs/operation-pages.ts';
import { pathsPage } from './docs/paths-page.ts';
import { promotionPage, storedTablesPage } from './docs/registry-pages.ts';
import {
  commandsPage,
  eventsPage,
  limitsPage,
  metricsPage,
  refusalsPage,
  reportSchemaPage,
} from './docs/schema-pages.ts';
import { servedPage } from './docs/served-page.ts';
import { serverMetricsPage } from './docs/server-metrics-page.ts';
import { settingsPage } from './docs/settings-page.ts';
import { websocketPage } from './docs/websocket-page.ts';

/** The reference pages that are made from the code's own tables, by path under `docs`. A test compares them with what is there. */
export async function generatedPages(): Promise<ReadonlyMap<string, string>> {
  const pages = new Map([
    ['reference/cli.md', cliPage()],
    ['reference/exit-codes-and-errors.md', failuresPage()],
    ['reference/http-paths.md', pathsPage()],
    ['reference/indicators.md', indicatorsPage()],
    ['reference/strategies.md', strategiesPage()],
    ['reference/limits.md', limitsPage()],
    ['reference/refusals.md', refusalsPage()],
    ['reference/events.md', eventsPage()],
    ['reference/commands.md', commandsPage()],
    ['reference/metrics.md', metricsPage()],
    ['reference/report-schema.md', reportSchemaPage()],
    ['reference/promotion.md', promotionPage()],
    ['reference/stored-tables.md', storedTablesPage()],
    ['reference/configuration.md', settingsPage()],
    ['reference/server-metrics.md', serverMetricsPage()],
    ['reference/local-exchange.md', await servedPage()],
    ['reference/websocket.md', websocketPage()],
  ]);
  return new Map([...pages, ...llmsTexts(pages)]);
}

if (import.meta.main) {
  const docs = join(import.meta.dirname, '../docs');
  for (const [path, text] of await generatedPages()) {
    mkdirSync(dirname(join(docs, path)), { recursive: true });
    writeFileSync(join(docs, path), text);
    console.log(`docs/${path}`);
  }
}
