/** A rule in numbers, for people: what is used now, what would be used after the order, and the limit (infinite: off). */
export interface Figures {
  readonly unit:
    | 'state'
    | 'lots'
    | 'ticks'
    | 'account currency'
    | 'orders'
    | 'fills'
    | 'losses'
    | 'ms'
    | 'price'
    | 'flag';
  readonly used: number;
  readonly limit: number;
  readonly after: number;
}
