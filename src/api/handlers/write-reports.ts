import type { Report } from '../../core/report/report.ts';
import type { ReportFormat } from '../operations/run-fields.ts';
import type { World } from '../world.ts';

export interface WrittenFile {
  readonly format: string;
  readonly path: string;
}

/** Writes a report in the formats asked for, as `<run>.html`, `<run>.json`, `<run>.md` and `<run>-trades.csv` and so on. */
export async function writeReports(
  report: Report,
  formats: readonly ReportFormat[],
  folder: string,
  world: World,
): Promise<readonly WrittenFile[]> {
  const written: WrittenFile[] = [];
  const write = (format: string, name: string, text: string): void => {
    const path = `${folder}/${name}`;
    world.files.write(path, text);
    written.push({ format, path });
  };
  const { id } = report.run;
  for (const format of new Set(formats)) {
    if (format === 'html') {
      const { renderHtml } = await import('../../core/report/html/page.ts');
      write('html', `${id}.html`, renderHtml(report));
    } else if (format === 'json') write('json', `${id}.json`, `${JSON.stringify(report)}\n`);
    else if (format === 'md') {
      const { renderMarkdown } = await import('../../core/report/html/markdown.ts');
      write('md', `${id}.md`, renderMarkdown(report));
    } else {
      const { reportCsv } = await import('../../core/report/html/csv.ts');
      for (const [name, text] of Object.entries(reportCsv(report))) write('csv', `${id}-${name}`, text);
    }
  }
  return written;
}

/** Where reports go unless said otherwise. */
export function reportFolder(world: World): string {
  return `${world.homePath}/reports`;
}
