import type { AccountSink } from '../ports/exchange-gateway.ts';

const REDACTED = '[redacted]';
/** Parameters whose values never stand in a message, in a query (`name=value`) or in JSON (`"name":"value"`), also where that is quoted. */
const NAMES = 'signature|sign|apiKey|api_key|secret|passphrase|listenKey|token|password';
const IN_QUERY = new RegExp(`\\b(${NAMES})=[^&\\s"']+`, 'gi');
const IN_JSON = new RegExp(`(\\\\*"(?:${NAMES})\\\\*"\\s*:\\s*\\\\*")[^"\\\\]*`, 'gi');

/** Takes keys and signatures out of text that somebody may read: the given secrets, as they stand and percent-encoded, and by name. */
export function redactor(secrets: readonly string[] = []): (text: string) => string {
  const hidden = [...new Set(secrets.flatMap((each) => [each, encodeURIComponent(each)]))].filter(
    (each) => each !== '',
  );
  hidden.sort((a, b) => b.length - a.length);
  return (text) => {
    let shown = text;
    for (const secret of hidden) shown = shown.replaceAll(secret, REDACTED);
    return shown.replace(IN_QUERY, `$1=${REDACTED}`).replace(IN_JSON, `$1${REDACTED}`);
  };
}

/** Passes everything on, anomalies without secrets: they quote what the venue sent. */
export function redactedSink(sink: AccountSink, redact: (text: string) => string): AccountSink {
  return {
    order: (order) => sink.order(order),
    fill: (fill) => sink.fill(fill),
    balance: (balance, atMs) => sink.balance(balance, atMs),
    position: (position, atMs) => sink.position(position, atMs),
    funding: (symbol, asset, amount, atMs) => sink.funding(symbol, asset, amount, atMs),
    liquidation: (symbol, detail, atMs) => sink.liquidation(symbol, redact(detail), atMs),
    resumed: (sinceMs) => sink.resumed(sinceMs),
    anomaly: (code, detail) => sink.anomaly(code, redact(detail)),
  };
}
