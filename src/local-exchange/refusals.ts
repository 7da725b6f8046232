import type { Answer } from './product.ts';

/** An error as Binance words it: HTTP status, code and text. The texts are constants of the protocol; clients compare them. */
export function refusal(status: number, code: number, msg: string): Answer {
  return { status, body: { code, msg } };
}

export const REFUSALS = {
  keyFormat: refusal(401, -2014, 'API-key format invalid.'),
  keyRejected: refusal(401, -2015, 'Invalid API-key, IP, or permissions for action.'),
  signature: refusal(400, -1022, 'Signature for this request is not valid.'),
  outsideWindow: refusal(400, -1021, 'Timestamp for this request is outside of the recvWindow.'),
  aheadOfServer: refusal(400, -1021, "Timestamp for this request was 1000ms ahead of the server's time."),
  windowTooLarge: refusal(400, -1131, "'recvWindow' must be less than 60000."),
  timeUnit: refusal(400, -1194, 'Invalid value for time unit; expected either MICROSECOND or MILLISECOND.'),
  duplicateValues: refusal(400, -1101, 'Duplicate values for a parameter detected.'),
  listenKey: refusal(400, -1125, 'This listenKey does not exist.'),
  unsupported: refusal(400, -1020, 'This operation is not supported.'),
} as const;

export function mandatory(parameter: string): Answer {
  return refusal(400, -1102, `Mandatory parameter '${parameter}' was not sent, was empty/null, or malformed.`);
}

export function illegalCharacters(parameter: string, legal: string): Answer {
  return refusal(400, -1100, `Illegal characters found in parameter '${parameter}'; legal range is '${legal}'.`);
}

export function emptyParameter(parameter: string): Answer {
  return refusal(400, -1105, `Parameter '${parameter}' was empty.`);
}
