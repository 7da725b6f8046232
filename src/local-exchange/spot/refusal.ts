import type { Json } from '../../core/vocabulary/json.ts';
import type { Answer } from '../product.ts';

/** Says no to a request with Binance's code and text; made into an answer in one place, {@link answered}. */
export class Refusal extends Error {
  readonly code: number;
  readonly status: number;
  /** Details beside code and text, of cancelReplace. */
  readonly data: Json | undefined;

  constructor(code: number, message: string, status = 400, data?: Json) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
    this.status = status;
    this.data = data;
  }

  body(): { code: number; msg: string } {
    return { code: this.code, msg: this.message };
  }
}

/** Answers with what `run` returns, or with the refusal that it threw; anything else that is thrown is a fault and passes. */
export function answered(run: () => Json): Answer {
  try {
    return { status: 200, body: run() };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const body = error.data === undefined ? error.body() : { ...error.body(), data: error.data };
    return { status: error.status, body };
  }
}

export const mandatory = (name: string): Refusal =>
  new Refusal(-1102, `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`);
export const oneOf = (first: string, second: string): Refusal =>
  new Refusal(-1102, `Param '${first}' or '${second}' must be sent, but both were empty/null!`);
export const notRequired = (name: string): Refusal => new Refusal(-1106, `Parameter '${name}' sent when not required.`);
export const illegal = (name: string, range: string): Refusal =>
  new Refusal(-1100, `Illegal characters found in parameter '${name}'; legal range is '${range}'.`);
export const invalidData = (name: string): Refusal =>
  new Refusal(-1130, `Data sent for parameter '${name}' is not valid.`);
export const badCombination = (): Refusal => new Refusal(-1128, 'Combination of optional parameters invalid.');
export const filterFailure = (filter: string): Refusal => new Refusal(-1013, `Filter failure: ${filter}`);
export const rejected = (text: string): Refusal => new Refusal(-2010, text);
export const cancelRejected = (text: string): Refusal => new Refusal(-2011, text);
export const amendRejected = (text: string): Refusal => new Refusal(-2038, text);
export const insufficientBalance = (): Refusal => rejected('Account has insufficient balance for requested action.');
