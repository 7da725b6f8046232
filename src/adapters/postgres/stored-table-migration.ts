/** Registry and tables for other programs (`src/ports/stored-tables.ts`), as they were first released. Never changed. */
export const STORED_TABLES_MIGRATION = `create table %s.strategy (
     id text not null,
     name text not null,
     active boolean not null,
     status text not null,
     code_hash text,
     params text,
     versions integer not null,
     updated_at_ms double precision not null,
     primary key (id)
   );
   create table %s.strategy_entry (
     strategy text not null,
     seq integer not null,
     at_ms double precision not null,
     actor text not null,
     reason text not null,
     type text not null,
     fact text not null,
     primary key (strategy, seq)
   );
   create table %s.backtest (
     id text not null,
     strategy text not null,
     code_hash text not null,
     params text not null,
     status text not null,
     created_at_ms double precision not null,
     instruments text not null,
     timeframe text not null,
     synthetic boolean not null,
     total_profit double precision,
     win_rate double precision,
     trades integer,
     total_return double precision,
     sharpe double precision,
     max_drawdown double precision,
     primary key (id)
   );
   create table %s.session_book (
     session text not null,
     strategy text not null,
     code_hash text not null,
     params text not null,
     venue text not null,
     environment text not null,
     currency text not null,
     begun_at_ms double precision not null,
     follows integer not null,
     time_ms double precision,
     cash double precision not null,
     equity double precision not null,
     profit double precision not null,
     fees double precision not null,
     drawdown double precision not null,
     orders integer not null,
     fills integer not null,
     failure text,
     primary key (session)
   );
   create table %s.session_position (
     session text not null,
     strategy text not null,
     instrument text not null,
     quantity numeric not null,
     entry_price double precision,
     price double precision,
     unrealized_profit double precision not null,
     realized_profit numeric not null,
     fees numeric not null,
     funding numeric not null,
     opened_at_ms double precision,
     time_ms double precision not null,
     primary key (session, strategy, instrument)
   );
   create table %s.session_order (
     session text not null,
     id text not null,
     exchange_id text,
     strategy text not null,
     instrument text not null,
     side text not null,
     type text not null,
     role text not null,
     tif text not null,
     status text not null,
     quantity numeric not null,
     filled numeric not null,
     average_price double precision,
     limit_price numeric,
     trigger_price numeric,
     why text not null,
     created_at_ms double precision not null,
     updated_at_ms double precision not null,
     primary key (session, id)
   );
   create table %s.session_trade (
     session text not null,
     strategy text not null,
     instrument text not null,
     number integer not null,
     side text not null,
     quantity double precision not null,
     entry_time_ms double precision not null,
     entry_price double precision not null,
     exit_time_ms double precision not null,
     exit_price double precision not null,
     gross_profit double precision not null,
     fees double precision not null,
     funding double precision not null,
     profit double precision not null,
     profit_ratio double precision not null,
     entry_order text not null,
     exit_order text,
     exit_role text,
     entry_why text not null,
     exit_why text,
     primary key (session, strategy, instrument, number)
   );
   create table %s.session_equity (
     session text not null,
     time_ms double precision not null,
     equity double precision not null,
     exposure double precision not null,
     primary key (session, time_ms)
   );
   create table %s.session_risk (
     session text not null,
     begun_at_ms double precision not null,
     max_position_percent double precision,
     max_daily_loss_percent double precision,
     max_drawdown_percent double precision,
     leverage double precision,
     limits text not null,
     primary key (session)
   );
   create trigger append_only before update or delete on %s.strategy_entry
     for each row execute function %s.refuse_change();
   create trigger append_only_whole before truncate on %s.strategy_entry execute function %s.refuse_change();`;
