import type { SessionVitals, VitalsBoard } from '../../ports/session-vitals.ts';
import { HomeDatabase } from './home-database.ts';

/** How sessions do, in the home database. A session is never held up by it for long. */
export function openSqliteVitals(homePath: string): VitalsBoard {
  const home = new HomeDatabase(homePath);
  return {
    put: (vitals) =>
      home.use((db) => {
        // A figure that a power failure takes is a figure of before: nobody waits for the disk.
        db.exec('pragma synchronous = normal');
        db.prepare('insert or replace into session_vitals values (?, ?, ?)').run(
          ...[vitals.session, vitals.atMs, JSON.stringify(vitals)],
        );
      }),
    remove: (session) => home.use((db) => void db.prepare('delete from session_vitals where session = ?').run(session)),
    since: (atMs) =>
      home.use((db) =>
        db
          .prepare('select vitals from session_vitals where at_ms >= ? order by session')
          .all(atMs)
          .map(({ vitals }) => JSON.parse(String(vitals)) as SessionVitals),
      ),
    close: async () => home.close(),
  };
}
