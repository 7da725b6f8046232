import type { FileMetaData } from 'hyparquet';

/** What pandas notes about a column. The timestamps themselves are UTC. */
interface PandasColumn {
  readonly name?: string | null;
  readonly field_name?: string;
  readonly metadata?: { readonly timezone?: string } | null;
}

/** Time zone of a column of timestamps as pandas notes it in the file; null where nobody did, or where it is no zone that is known here. */
export function zoneOf({ key_value_metadata: notes }: FileMetaData, column: string): string | null {
  const text = notes?.find(({ key }) => key === 'pandas')?.value;
  if (text === undefined) return null;
  try {
    const { columns = [] } = JSON.parse(text) as { readonly columns?: readonly PandasColumn[] };
    const zone = columns.find((each) => (each.field_name ?? each.name) === column)?.metadata?.timezone;
    return zone === undefined ? null : new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    // Notes of another program under the same name, or a zone that this one does not know, say nothing.
    return null;
  }
}

/** The times as clocks in a zone show them, as if they were UTC. */
export function localTimes(timesMs: Float64Array, zone: string): Float64Array {
  const format = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone: zone, hourCycle: 'h23' },
    ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' },
  });
  return timesMs.map((timeMs) => {
    const parts = Object.fromEntries(format.formatToParts(timeMs).map(({ type, value }) => [type, value]));
    const of = (type: string): number => Number(parts[type]);
    return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
  });
}
