/** Registry and tables for other programs (`src/ports/stored-tables.ts`), as they were first released. Never changed. */
export const STORED_TABLES_MIGRATION = `create table strategy (
     id text not null,
     name text not null,
     active integer not null,
     status text not null,
     code_hash text,
     params text,
     versions integer not null,
     updated_at_ms real not null,
     primary key (id)
   ) strict;
   create table strategy_entry (
     strategy text not null,
     seq integer not null,
     at_ms real not null,
     actor text not null,
     reason text not null,
     type text not null,
     fact text not null,
     primary key (strategy, seq)
   ) strict;
   create table backtest (
     id text not null,
     strategy text not null,
     code_hash text not null,
     params text not null,
     status text not null,
     created_at_ms real not null,
     instruments text not null,
     timeframe text not null,
     synthetic integer not null,
     total_profit real,
     win_rate real,
     trades integer,
     total_return real,
     sharpe real,
     max_drawdown real,
     primary key (id)
   ) strict;
   create table session_book (
     session text not null,
     strategy text not null,
     code_hash text not null,
     params text not null,
     venue text not null,
     environment text not null,
     currency text not null,
     begun_at_ms real not null,
     follows integer not null,
     time_ms real,
     cash real not null,
     equity real not null,
     profit real not null,
     fees real not null,
     drawdown real not null,
     orders integer not null,
     fills integer not null,
     failure text,
     primary key (session)
   ) strict;
   create table session_position (
     session text not null,
     strategy text not null,
     instrument text not null,
     quantity text not null,
     entry_price real,
     price real,
     unrealized_profit real not null,
     realized_profit text not null,
     fees text not null,
     funding text not null,
     opened_at_ms real,
     time_ms real not null,
     primary key (session, strategy, instrument)
   ) strict;
   create table session_order (
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
     quantity text not null,
     filled text not null,
     average_price real,
     limit_price text,
     trigger_price text,
     why text not null,
     created_at_ms real not null,
     updated_at_ms real not null,
     primary key (session, id)
   ) strict;
   create table session_trade (
     session text not null,
     strategy text not null,
     instrument text not null,
     number integer not null,
     side text not null,
     quantity real not null,
     entry_time_ms real not null,
     entry_price real not null,
     exit_time_ms real not null,
     exit_price real not null,
     gross_profit real not null,
     fees real not null,
     funding real not null,
     profit real not null,
     profit_ratio real not null,
     entry_order text not null,
     exit_order text,
     exit_role text,
     entry_why text not null,
     exit_why text,
     primary key (session, strategy, instrument, number)
   ) strict;
   create table session_equity (
     session text not null,
     time_ms real not null,
     equity real not null,
     exposure real not null,
     primary key (session, time_ms)
   ) strict;
   create table session_risk (
     session text not null,
     begun_at_ms real not null,
     max_position_percent real,
     max_daily_loss_percent real,
     max_drawdown_percent real,
     leverage real,
     limits text not null,
     primary key (session)
   ) strict;
   create trigger strategy_entry_update before update on strategy_entry
     begin select raise(abort, 'a history is only appended to'); end;
   create trigger strategy_entry_delete before delete on strategy_entry
     begin select raise(abort, 'a history is only appended to'); end;`;
