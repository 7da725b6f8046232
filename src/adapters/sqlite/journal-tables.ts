/** Tables of a session's file. A migration that has been released is never changed. */
export const JOURNAL_MIGRATIONS: readonly string[] = [
  `create table journal (
     session text not null,
     created_at_ms real not null,
     about text not null,
     writer integer not null,
     versions text,
     is_whole integer not null
   ) strict;
   create table record (
     seq integer primary key,
     kind text not null,
     v integer not null,
     at_ms real not null,
     payload text not null,
     hash text not null
   ) strict;
   create table snapshot (
     seq integer primary key,
     taken_at_ms real not null,
     state text not null,
     hash text not null
   ) strict;
   create trigger record_update before update on record begin select raise(abort, 'a journal is only appended to'); end;
   create trigger record_delete before delete on record begin select raise(abort, 'a journal is only appended to'); end;`,
];
