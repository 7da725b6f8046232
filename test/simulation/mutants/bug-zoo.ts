// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of code
/** A bug of the field, made anew in this code: texts of one module that are replaced. */
export interface Mutant {
  readonly name: string;
  /** Where it was seen, or the rule that it breaks. */
  readonly seen: string;
  /** Module, from the root. */
  readonly file: string;
  /** Each text stands in the module exactly once. */
  readonly changes: readonly (readonly [from: string, to: string])[];
  /** Put at the end of the module. */
  readonly more?: string;
}

const SENDER = 'src/session/order-sender.ts';
const TOLD = 'src/session/told-orders.ts';
const KEEPER = 'src/session/account-keeper.ts';
const ABSENCE = 'src/session/absence.ts';

export const BUG_ZOO: readonly Mutant[] = [
  {
    name: 'an order is sent again after a time-out',
    seen: 'F9: trading-signals#1178, catalyst#317, nautilus#4215',
    file: SENDER,
    changes: [
      [
        'const outcome = await this.#ask(requests, validUntilMs);',
        "let outcome = await this.#ask(requests, validUntilMs);\n    if (outcome.outcome === 'unknown') outcome = await this.#ask(requests, validUntilMs);",
      ],
    ],
  },
  {
    name: 'a time-out counts as a rejection',
    seen: 'F9: hummingbot#493, #6901',
    file: SENDER,
    changes: [["const fate = isUnknown ? 'unknown'", "const fate = isOurs ? 'unknown'"]],
  },
  {
    name: 'a 5xx counts as a definite rejection',
    seen: 'F9: siebly/binance#580',
    file: 'src/adapters/binance/errors.ts',
    changes: [["? 'rate-limited' : 'unavailable';\n  }", "? 'rate-limited' : 'order-refused';\n  }"]],
  },
  {
    name: 'a broken connection counts as not sent',
    seen: 'F9: ccxt#2599, #1880',
    file: 'src/connectivity/rest-caller.ts',
    changes: [['const code = !error.mayHaveArrived\n', 'const code = true\n']],
  },
  {
    name: 'an answer that cannot be read counts as a rejection',
    seen: 'F9: parse failure of a 200 (6.2)',
    file: 'src/connectivity/rest-caller.ts',
    changes: [
      [
        "throw this.#error('answer-unreadable', request, `${String(error)} in the answer ${excerptOf(answer)}`);\n    }\n  }\n\n  /** What is certainly",
        "throw this.#error('request-invalid', request, `${String(error)} in the answer ${excerptOf(answer)}`);\n    }\n  }\n\n  /** What is certainly",
      ],
    ],
  },
  {
    name: 'one lookup that finds nothing means: rejected',
    seen: 'F10: hummingbot#8457, nautilus#3879, ccxt#21614',
    file: ABSENCE,
    changes: [
      ['const overMs = evidence', 'if (evidence.notFoundAtMs.length > 0) return null;\n  const overMs = evidence'],
    ],
  },
  {
    name: 'not found five times means: rejected',
    seen: 'F10: NautilusTrader live.md, challenged in nautilus#4152',
    file: ABSENCE,
    changes: [
      ['const overMs = evidence', 'if (evidence.notFoundAtMs.length >= 5) return null;\n  const overMs = evidence'],
    ],
  },
  {
    name: 'absence is judged before the venue has done its work',
    seen: '6.2: validity window, but no processing time',
    file: ABSENCE,
    changes: [
      ['evidence.validUntilMs + PROCESSING_MS + MARGIN_MS', 'evidence.sentAtMs'],
      ['if (last - first < LOOKUPS_APART_MS)', 'if (last < first)'],
    ],
  },
  {
    name: 'absence is judged by lookups alone',
    seen: 'F10: python-binance#690, gateapi-go#41',
    file: ABSENCE,
    changes: [['  const isAfter =', '  if (overMs > 0) return null;\n  const isAfter =']],
  },
  {
    name: 'the order is sent first and kept afterwards',
    seen: 'F19: freqtrade execute_entry',
    file: SENDER,
    changes: [
      [
        '        this.#entering = allowed;',
        '        for (const request of allowed) this.#start([request], validUntilMs);\n        this.#entering = allowed;',
      ],
      [
        '          if (request.pair === null) this.#start([request], validUntilMs);',
        '          if (request.pair === null) continue;',
      ],
    ],
  },
  {
    name: 'a commit is not waited for',
    seen: 'F23: nautilus#3560 (flush never awaited)',
    file: 'src/durability/journal-writer.ts',
    changes: [
      ['    await this.flush();\n    return first;', '    this.flush().catch(() => undefined);\n    return first;'],
    ],
  },
  {
    name: 'a failed commit is overlooked',
    seen: 'F22, F24: freqtrade#6353, #5621',
    file: SENDER,
    changes: [['        await journal.commit(', '        await overlooked(journal.commit.bind(journal), ']],
    more: 'async function overlooked<A>(commit: (a: A) => Promise<number>, a: A): Promise<number> { try { return await commit(a); } catch { return 0; } }',
  },
  {
    name: 'client order ids come again',
    seen: 'F11: hftbacktest#146',
    file: 'src/core/execution/client-order-id.ts',
    changes: [['return `${session}o${row.toString(36)}', 'return `${session}o${(row % 6).toString(36)}']],
  },
  {
    name: 'trades are told apart by time and price',
    seen: 'F12: Bittrex#13',
    file: TOLD,
    changes: [
      [
        'const keyOf = ({ symbol, tradeId }: VenueFill): string => `${symbol} ${tradeId}`;',
        'const keyOf = ({ symbol, tradedAtMs }: VenueFill): string => `${symbol} ${Math.floor(tradedAtMs / 1000)}`;',
      ],
    ],
  },
  {
    name: 'a trade that is told again is booked again',
    seen: 'F12: ccxt#18078; F19: QuantDinger#231',
    file: TOLD,
    changes: [
      ['    if (this.#trades.has(key)) return true;\n    const row', '    const row'],
      ['    if (this.#trades.has(key)) return true;\n    return', '    return'],
    ],
  },
  {
    name: 'a count of the order is booked, and its trades, too',
    seen: 'F12: nautilus#3493 (inferred fill, then the real one)',
    file: TOLD,
    changes: [
      [
        'this.#toldLots.set(row, told);\n',
        "{ this.#toldLots.set(row, told); if (order.limit !== null) this.reports.push({ ...SILENT, kind: REPORT['partly-filled'], row, instrument: instrument.index, lots: told - c.filledLots[row]!, ticks: instrument.ticks(Number(order.limit), 'half-even'), value: instrument.value(instrument.ticks(Number(order.limit), 'half-even'), told - c.filledLots[row]!), timeMs: order.updatedAtMs, reason: '', trade: 1e6 + row }); }\n",
      ],
    ],
  },
  {
    name: 'a trade that is told after the cancel is dropped',
    seen: 'F12: dydx v4-chain#658',
    file: TOLD,
    changes: [
      [
        '    this.#trades.set(key, this.#trades.size);\n    const { state } = this.#engine;\n',
        '    this.#trades.set(key, this.#trades.size);\n    const { state } = this.#engine;\n    if (isTerminal(state.orders.column.status[row]!)) return true;\n',
      ],
      [
        '      if (this.#toldLots.has(row)) this.#ended.set(row, ended);\n      else this.#end(row, ended);',
        '      this.#end(row, ended);',
      ],
    ],
  },
  {
    name: 'trades missed by the stream are never asked for',
    seen: 'F12: nautilus#3869, node-binance-api#335',
    file: KEEPER,
    changes: [['      else this.fill(fill);\n', '']],
  },
  {
    name: 'trades are asked for from the newest one that is known',
    seen: 'F12: a watermark instead of a set',
    file: KEEPER,
    changes: [
      ['newestFillMs - FILLS_OVERLAP_MS :', 'newestFillMs + 1 :'],
      ['this.#fates.oldestSentMs() - FILLS_OVERLAP_MS', 'Number.POSITIVE_INFINITY'],
    ],
  },
  {
    name: 'a cancel that is refused means: canceled',
    seen: 'F14: Qubx#434, freqtrade#12343',
    file: TOLD,
    changes: [
      [
        "    if (word.request !== 'place') return;\n",
        "    if (word.request !== 'place') {\n      if (word.outcome === 'rejected') this.#push(REPORT.canceled, row, word.atMs, '');\n      return;\n    }\n",
      ],
    ],
  },
  {
    name: 'a lost cancel is never asked again',
    seen: 'F14: nautilus#4288 (phantom cancel)',
    file: KEEPER,
    changes: [["found.status === 'open') this.#cancelAgain(row);", "found.status === 'open') void row;"]],
  },
  {
    name: 'an order of unknown fate is forgotten',
    seen: 'F9: hummingbot _update_order_after_failure; I20',
    file: KEEPER,
    changes: [['    for (const row of flying) await this.#lookUp(row);\n'.replace('    for', '      for'), '']],
  },
  {
    name: 'what the process before has sent is not searched for',
    seen: 'F19: hummingbot#366, Krypto-trading-bot#1042',
    file: 'src/session/account-keeper.ts',
    // Twice, as what the venue does not know is searched for, whoever sent it.
    changes: [
      ['this.#fates.sentBefore(order, symbol, validUntilMs);', 'void [order, symbol, validUntilMs];'],
      ['else if (!this.#fates.knows(id)) {', 'else if (this.#vanished.size < 0) {'],
    ],
  },
  {
    name: 'what was made durable is sent again by the next process',
    seen: 'F18: re-send on restart',
    file: 'src/session/replayed-requests.ts',
    changes: [['const [made] = this.#made.splice(at, 1);', 'const made = this.#made[at];']],
  },
  {
    name: 'answers are not replayed',
    seen: 'F20: nautilus#5000, OctoBot#3190 (orders gone after a restart)',
    file: 'src/session/replay-journal.ts',
    changes: [["if (kind === 'input' || kind === 'outcome') this.#input(", "if (kind === 'input') this.#input("]],
  },
  {
    name: 'a difference to the venue is swallowed',
    seen: 'F20: bytex#30',
    file: 'src/session/remote-side.ts',
    changes: [
      [
        'for (const mismatch of this.account.read(word.balances, word.positions)) this.#mismatched(mismatch);',
        'this.account.read(word.balances, word.positions);',
      ],
    ],
  },
  {
    name: 'an order that waited for too long is sent all the same',
    seen: 'F18: expired by its validity deadline; F8',
    file: SENDER,
    changes: [
      ['if (isPlacement && this.#venueNowMs() > validUntilMs) {', 'if (requests.length === 0) {'],
      ['({ ...order, validUntilMs });', '({ ...order });'],
    ],
  },
  {
    name: 'the window of validity is widened to hide a clock that is off',
    seen: 'F25: hummingbot#7065',
    file: 'src/adapters/binance/rest-client.ts',
    changes: [['windowMs(longestWindowMs, stampMs, validUntilMs)', '60_000']],
  },
  {
    name: "requests are signed by this machine's own clock",
    seen: 'F25: profit-trailer#504, gekko#1855',
    file: 'src/connectivity/venue-clock.ts',
    changes: [
      [
        '    return Math.floor(this.#clock.elapsedMs() + measured.offsetMs);',
        '    return Math.floor(this.#clock.nowMs());',
      ],
    ],
  },
  {
    name: 'a ban is not obeyed',
    seen: 'F26: binance-trade-bot#283, ccxt#14639',
    file: 'src/connectivity/rest-caller.ts',
    changes: [['    if (scope !== null) limiter.block(scope, forMs);\n', '']],
  },
  {
    name: 'fees are booked in quote, whatever paid them',
    seen: 'F14: freqtrade#12343 (sold what was not there)',
    file: TOLD,
    changes: [['feeAsset: fill.feeAsset === settle ? -1 : asset };', 'feeAsset: settle === "" ? asset : -1 };']],
  },
  {
    name: 'what is smaller than a quantum is forgotten',
    seen: 'I6: cash to the smallest unit',
    file: TOLD,
    changes: [['    if (off !== 0n) this.unbooked.set(', '    if (off === 0n) this.unbooked.set(']],
  },
  {
    name: 'orders in flight take no room within the limits',
    seen: 'I9: nautilus#4288, freqtrade#11461',
    file: 'src/core/engine/open-orders.ts',
    changes: [
      ['return left > 0 ? left : 0;', 'return left > 0 && c.status[row] !== 1 && c.status[row] !== 4 ? left : 0;'],
    ],
  },
  {
    name: 'funding that fell due while nobody listened is not asked for',
    seen: 'F12: missed user events',
    file: 'src/session/funding-history.ts',
    changes: [['if (symbols.has(symbol) && atMs', "if (symbols.has('') && atMs"]],
  },
  {
    name: 'funding of the stream and of the history is booked twice',
    seen: 'F12: duplicate user events',
    file: 'src/session/funding-book.ts',
    changes: [['      return streamed === undefined;', '      return true;']],
  },
  {
    name: 'limits that were changed are forgotten when a session goes on',
    seen: '4.1: limit changes take effect by epoch, and stay',
    file: 'src/core/risk/review.ts',
    changes: [['this.inForce.restore(snapshot.limits ?? null);', 'this.inForce.restore(null);']],
  },
  {
    name: 'limits become laxer without a confirmation',
    seen: '4.1: limits are changed by a person',
    file: 'src/core/engine/command-desk.ts',
    changes: [['if (looser.length > 0 && confirmed !== true)', 'if (looser.length > 1000 && confirmed !== true)']],
  },
  {
    name: 'what a strategy or an instrument has of its own does not count',
    seen: 'R1: the most restrictive wins',
    file: 'src/core/risk/limits-in-force.ts',
    changes: [
      ['return this.#bySlot === null ? this.account', 'return this.#bySlot === null || strategy >= 0 ? this.account'],
    ],
  },
  {
    name: 'new limits are told of and not applied',
    seen: '4.1: limit changes take effect by epoch',
    file: 'src/core/engine/command-desk.ts',
    changes: [['    this.#risk.setLimits(scope, index, limits, s.clock[0]!);\n', '']],
  },
];
