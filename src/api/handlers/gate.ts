import { closest } from '../closest.ts';
import { Failure } from '../failures.ts';

/** Who asks: how a fault of the text is told, and what a metric without a value does to a comparison. */
export interface GateUse {
  readonly field: string;
  /** The flag without its dashes. */
  readonly flag: string;
  readonly withoutValue: boolean;
}

/** What has no value decides against a run. */
const FAIL_IF: GateUse = { field: 'failIf', flag: 'fail-if', withoutValue: true };

/**
 * The language of `--fail-if` and of conditions of alerts: comparisons of metrics and numbers, joined by `&&`, `||`, `!` and parentheses.
 *
 *     either     = both { "||" both }
 *     both       = not { "&&" not }
 *     not        = "!" not | "(" either ")" | comparison
 *     comparison = operand ("<" | "<=" | ">" | ">=" | "==" | "!=") operand
 *     operand    = metric | number | number "%"
 */
type Node =
  | { readonly kind: 'either' | 'both'; readonly parts: readonly Node[] }
  | { readonly kind: 'not'; readonly part: Node }
  | { readonly kind: 'comparison'; readonly left: Operand; readonly operator: Operator; readonly right: Operand };

type Operand = { readonly metric: string } | { readonly number: number };

const OPERATORS = ['<=', '>=', '==', '!=', '<', '>'] as const;
type Operator = (typeof OPERATORS)[number];

const TOKEN = /\s*(\|\||&&|<=|>=|==|!=|[<>!()]|[A-Za-z_][\w.-]*|-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?%?)/iy;

/** Nobody writes more, and each takes room on the stack. */
const DEEPEST = 100;

interface Token {
  readonly text: string;
  readonly at: number;
}

function tokens(text: string, use: GateUse): readonly Token[] {
  const found: Token[] = [];
  TOKEN.lastIndex = 0;
  let at = 0;
  while (text.slice(at).trim() !== '') {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (!match)
      throw wrong(
        use,
        text,
        at + (text.slice(at).length - text.slice(at).trimStart().length),
        'a metric, a number or an operator',
      );
    found.push({ text: match[1]!, at: TOKEN.lastIndex - match[1]!.length });
    at = TOKEN.lastIndex;
  }
  return found;
}

function wrong({ field, flag }: GateUse, text: string, at: number, expected: string): Failure {
  const found = at >= text.length ? 'the end' : JSON.stringify(text.slice(at, at + 12));
  return new Failure('expression-invalid', `${flag}: at character ${at + 1}: expected ${expected}, found ${found}`, {
    details: { field, expression: text, found, expected },
  });
}

class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  readonly #use: GateUse;
  #next = 0;
  #depth = 0;

  constructor(text: string, use: GateUse) {
    this.#text = text;
    this.#use = use;
    this.#tokens = tokens(text, use);
  }

  whole(): Node {
    const node = this.#either();
    if (this.#next < this.#tokens.length) throw this.#wrong('&& or ||');
    return node;
  }

  #wrong(expected: string): Failure {
    return wrong(this.#use, this.#text, this.#tokens[this.#next]?.at ?? this.#text.length, expected);
  }

  #take(text: string): boolean {
    if (this.#tokens[this.#next]?.text !== text) return false;
    this.#next++;
    return true;
  }

  #within(read: () => Node): Node {
    this.#depth++;
    const node = read();
    this.#depth--;
    return node;
  }

  #either(): Node {
    const parts = [this.#both()];
    while (this.#take('||')) parts.push(this.#both());
    return parts.length === 1 ? parts[0]! : { kind: 'either', parts };
  }

  #both(): Node {
    const parts = [this.#not()];
    while (this.#take('&&')) parts.push(this.#not());
    return parts.length === 1 ? parts[0]! : { kind: 'both', parts };
  }

  #not(): Node {
    if (this.#depth >= DEEPEST) throw this.#wrong(`at most ${DEEPEST} of ( and ! within each other`);
    if (this.#take('!')) return { kind: 'not', part: this.#within(() => this.#not()) };
    if (this.#take('(')) {
      const node = this.#within(() => this.#either());
      if (!this.#take(')')) throw this.#wrong(')');
      return node;
    }
    const left = this.#operand();
    const operator = OPERATORS.find((o) => this.#take(o));
    if (operator === undefined) throw this.#wrong('a comparison (<, <=, >, >=, ==, !=)');
    return { kind: 'comparison', left, operator, right: this.#operand() };
  }

  #operand(): Operand {
    const token = this.#tokens[this.#next]?.text ?? '';
    if (/^[A-Za-z_]/.test(token)) {
      this.#next++;
      return { metric: token };
    }
    if (!/^-?[\d.]/.test(token)) throw this.#wrong('a metric or a number');
    this.#next++;
    return { number: token.endsWith('%') ? Number(token.slice(0, -1)) / 100 : Number(token) };
  }
}

export interface Gate {
  readonly expression: string;
  /** Whether it holds, and the comparisons that made it so. A metric without a value decides as {@link GateUse} says. */
  holds(metrics: ReadonlyMap<string, number | null>): { readonly holds: boolean; readonly because: readonly string[] };
  /** Throws {@link Failure} `expression-invalid` where it names a metric that is none of these. */
  refuseUnknown(names: readonly string[]): void;
}

/** Reads an expression. Throws {@link Failure} `expression-invalid` naming the place. */
export function parseGate(expression: string, use: GateUse = FAIL_IF): Gate {
  const root = new Parser(expression, use).whole();
  return {
    expression,
    holds(metrics) {
      const { holds, because } = evaluate(root, metrics, use.withoutValue);
      return { holds, because: holds ? because : [] };
    },
    refuseUnknown(names) {
      for (const name of metricsOf(root)) {
        if (names.includes(name)) continue;
        const near = closest(name, names);
        throw new Failure(
          'expression-invalid',
          `${use.flag}: there is no metric "${name}"${near === null ? '' : `; did you mean ${near}?`}`,
          {
            hint: `Metrics: ${names.join(', ')}.`,
            details: { field: use.field, found: name, expected: names },
          },
        );
      }
    },
  };
}

function metricsOf(node: Node): readonly string[] {
  if (node.kind === 'comparison') return [node.left, node.right].flatMap((o) => ('metric' in o ? [o.metric] : []));
  return node.kind === 'not' ? metricsOf(node.part) : node.parts.flatMap(metricsOf);
}

/** Whether an expression holds, and the comparisons that decide it; those that do not hold begin with `not`. */
interface Decided {
  readonly holds: boolean;
  readonly because: readonly string[];
}

function evaluate(node: Node, metrics: ReadonlyMap<string, number | null>, withoutValue: boolean): Decided {
  const decided = (part: Node): Decided => evaluate(part, metrics, withoutValue);
  switch (node.kind) {
    case 'either':
    case 'both': {
      const parts = node.parts.map(decided);
      const holds = node.kind === 'either' ? parts.some((part) => part.holds) : parts.every((part) => part.holds);
      return { holds, because: parts.flatMap((part) => (part.holds === holds ? part.because : [])) };
    }
    case 'not': {
      const { holds, because } = decided(node.part);
      // A metric without a value must not pass a gate by being turned around.
      const isUnknown = metricsOf(node).some((name) => metrics.get(name) == null);
      return { holds: isUnknown ? withoutValue : !holds, because };
    }
    case 'comparison': {
      const left = figureOf(node.left, metrics);
      const right = figureOf(node.right, metrics);
      const holds = left === null || right === null ? withoutValue : compare(left, node.operator, right);
      const text = `${shown(node.left, left)} ${node.operator} ${shown(node.right, right)}`;
      return { holds, because: [holds ? text : `not ${text}`] };
    }
  }
}

function figureOf(operand: Operand, metrics: ReadonlyMap<string, number | null>): number | null {
  return 'metric' in operand ? (metrics.get(operand.metric) ?? null) : operand.number;
}

function shown(operand: Operand, value: number | null): string {
  const text = value === null ? 'no value' : String(Number(value.toPrecision(6)));
  return 'metric' in operand ? `${operand.metric} (${text})` : text;
}

function compare(left: number, operator: Operator, right: number): boolean {
  switch (operator) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    case '==':
      return left === right;
    case '!=':
      return left !== right;
  }
}
