import type { Answer } from '../product.ts';

/** Why a request was not carried out, as clients are told. */
export class Refusal {
  readonly code: number;
  readonly msg: string;
  readonly status: number;

  constructor(code: number, msg: string, status = 400) {
    this.code = code;
    this.msg = msg;
    this.status = status;
  }

  get answer(): Answer {
    return { status: this.status, body: { code: this.code, msg: this.msg } };
  }
}

/** Texts of the error codes that this product sends. `{0}` is filled in. They are constants of the protocol: clients compare them. */
export const ERROR_TEXTS = {
  [-1023]: 'Start time is greater than end time.',
  [-1100]: "Illegal characters found in parameter '{0}'; legal range is '{1}'.",
  [-1102]: "Mandatory parameter '{0}' was not sent, was empty/null, or malformed.",
  [-1106]: "Parameter '{0}' sent when not required.",
  [-1111]: 'Precision is over the maximum defined for this asset.',
  [-1115]: 'Invalid timeInForce.',
  [-1116]: 'Invalid orderType.',
  [-1117]: 'Invalid side.',
  [-1120]: 'Invalid interval.',
  [-1121]: 'Invalid symbol.',
  [-1128]: 'Combination of optional parameters invalid.',
  [-1130]: "Data sent for parameter '{0}' is not valid.",
  [-1136]: 'Invalid newOrderRespType',
  [-2011]: 'Unknown order sent.',
  [-2013]: 'Order does not exist.',
  [-2019]: 'Margin is insufficient.',
  [-2020]: 'Unable to fill.',
  [-2021]: 'Order would immediately trigger.',
  [-2022]: 'ReduceOnly Order is rejected.',
  [-2025]: 'Reach max open order limit.',
  [-2027]: 'Exceeded the maximum allowable position at current leverage.',
  [-2028]: 'Leverage is smaller than permitted: insufficient margin balance.',
  [-4001]: 'Price less than 0.',
  [-4002]: 'Price greater than max price.',
  [-4003]: 'Quantity less than or equal to zero.',
  [-4004]: 'Quantity less than min quantity.',
  [-4005]: 'Quantity greater than max quantity.',
  [-4006]: 'Stop price less than zero.',
  [-4007]: 'Stop price greater than max price.',
  [-4013]: 'Price less than min price.',
  [-4014]: 'Price not increased by tick size.',
  [-4015]: 'Client order id is not valid.',
  [-4016]: "Limit price can't be higher than {0}.",
  [-4021]: "'{0}' is not valid depth limit.",
  [-4023]: 'Quantity not increased by step size.',
  [-4024]: "Limit price can't be lower than {0}.",
  [-4028]: 'Leverage {0} is not valid',
  [-4031]: 'Invalid parameter working type: {0}',
  [-4045]: 'Reach max stop order limit.',
  [-4046]: 'No need to change margin type.',
  [-4047]: 'Margin type cannot be changed if there exists open orders.',
  [-4048]: 'Margin type cannot be changed if there exists position.',
  [-4049]: 'Add margin only support for isolated position.',
  [-4050]: 'Cross balance insufficient.',
  [-4051]: 'Isolated balance insufficient.',
  [-4054]: 'Cannot add position margin: position is 0.',
  [-4055]: 'Amount must be positive.',
  [-4059]: 'No need to change position side.',
  [-4060]: 'Invalid position side.',
  [-4061]: "Order's position side does not match user's setting.",
  [-4062]: 'Invalid or improper reduceOnly value.',
  [-4067]: 'Position side cannot be changed if there exists open orders.',
  [-4068]: 'Position side cannot be changed if there exists position.',
  [-4082]: 'Invalid number of batch place orders.',
  [-4083]: 'Fail to place batch orders.',
  [-4104]: 'Invalid contractType.',
  [-4116]: 'ClientOrderId is duplicated.',
  [-4118]: 'ReduceOnly Order Failed. Please check your existing position and open orders.',
  [-4120]: 'Order type not supported for this endpoint. Please use the Algo Order API endpoints instead.',
  [-4131]: "The counterparty's best price does not meet the PERCENT_PRICE filter limit.",
  [-4136]: "Target strategy invalid for orderType '{0}',closePosition '{1}'.",
  [-4137]: 'Quantity must be zero with closePosition equals true.',
  [-4138]: 'Reduce only must be true with closePosition equals true.',
  [-4144]: 'Invalid pair.',
  [-4161]: 'Leverage reduction is not supported in Isolated Margin Mode with open positions.',
  [-4164]: "Order's notional must be no smaller than {0} (unless you choose reduce only).",
  [-4165]: 'Invalid time interval.',
  [-4167]: 'Unable to adjust to Multi-Assets mode with symbols of USDⓈ-M Futures under isolated-margin mode.',
  [-4168]: 'Unable to adjust to isolated-margin mode under the Multi-Assets mode.',
  [-4170]: 'Unable to adjust Multi-Assets Mode with open orders in USDⓈ-M Futures.',
  [-4171]: 'Adjusted asset mode is currently set and does not need to be adjusted repeatedly.',
  [-5021]:
    'Due to the order could not be filled immediately, the FOK order has been rejected. The order will not be recorded in the order history.',
  [-5022]:
    'Due to the order could not be executed as maker, the Post Only order will be rejected. The order will not be recorded in the order history.',
  [-5026]: 'Exceed maximum modify order limit.',
  [-5027]: 'No need to modify the order.',
  [-5037]: 'Invalid price match.',
  [-5038]: 'Price match only supports order type: LIMIT, STOP AND TAKE_PROFIT.',
  [-5039]: 'Invalid self trade prevention mode.',
  [-5040]:
    'The goodTillDate timestamp must be greater than the current time plus 600 seconds and smaller than 253402300799000.',
  [-5041]: 'No depth matches this BBO order.',
} as const satisfies Readonly<Record<number, string>>;

export type ErrorCode = keyof typeof ERROR_TEXTS;

/** A refusal with the text of its code, `{0}`, `{1}` filled in. */
export function refuse(code: ErrorCode, ...fills: readonly (string | number)[]): Refusal {
  const text: string = ERROR_TEXTS[code];
  return new Refusal(
    code,
    fills.reduce<string>((msg, fill, i) => msg.replace(`{${i}}`, String(fill)), text),
  );
}

/** A mandatory parameter that is missing or unreadable. */
export function missing(parameter: string): Refusal {
  return refuse(-1102, parameter);
}
