/** People who sign in at a server, and the browsers in which they are. A migration that has been released is never changed. */
export const USERS_MIGRATION = `create table user (
     name text primary key,
     scopes text not null,
     password_hash text not null,
     created_at_ms real not null,
     password_changed_at_ms real not null,
     signed_in_at_ms real
   ) strict;
   create table sign_in (
     id_hash text primary key,
     user text not null references user (name) on delete cascade,
     started_at_ms real not null,
     used_at_ms real not null,
     proven_at_ms real not null
   ) strict;
   create index sign_in_user on sign_in (user, started_at_ms);`;
