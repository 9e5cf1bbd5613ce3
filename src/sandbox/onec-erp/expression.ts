import { unparsable, wrongOption } from "./refusal.js";

/** A parsed `$filter`, `Condition` or `$orderby` expression of the standard OData interface. */
export type Expression =
  | { readonly kind: "literal"; readonly type: "guid" | "moment" | "text" | "number" | "flag"; readonly value: string | number | boolean }
  | { readonly kind: "path"; readonly base?: Expression; readonly segments: readonly string[] }
  | { readonly kind: "unary"; readonly operator: "not" | "-"; readonly operand: Expression }
  | { readonly kind: "binary"; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Expression[] }
  | {
      readonly kind: "lambda";
      readonly quantifier: "any" | "all";
      readonly over: readonly string[];
      readonly variable?: string;
      readonly test?: Expression;
    };

interface Token {
  readonly kind: "name" | "text" | "number" | "guid" | "moment" | "mark" | "end";
  readonly text: string;
}

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const MOMENT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?)?$/;
const TOKEN = /\s+|(guid|datetime)?'((?:[^']|'')*)'|(-?\d+(?:\.\d+)?)(?![\p{L}\d_])|([\p{L}_][\p{L}\d_]*)|([(),/:-])/uy;

/** Every level binds tighter than the one before; the vendor's table read from its end. */
const LEVELS: readonly (readonly string[])[] = [["or"], ["and"], ["eq", "ne"], ["gt", "ge", "lt", "le"], ["add", "sub"], ["mul", "div"]];

export function readGuid(value: string): string {
  if (!GUID.test(value)) throw unparsable(value, "Edm.Guid");
  return value.toLowerCase();
}

export function readMoment(value: string): string {
  if (!MOMENT.test(value)) throw unparsable("", "Edm.DateTime");
  return value.length === 10 ? `${value}T00:00:00` : value.length === 16 ? `${value}:00` : value;
}

/** Parses a whole expression, or refuses it with code 14 naming the option it stood in. */
export function parseExpression(source: string, option: string): Expression {
  return new Parser(tokens(source, option), option).whole();
}

function tokens(source: string, option: string): Token[] {
  const found: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const match = TOKEN.exec(source);
    if (!match) throw wrongOption(option);
    const [, prefix, quoted, number, name, mark] = match;
    if (quoted !== undefined) {
      const inner = quoted.replaceAll("''", "'");
      found.push({ kind: prefix === "guid" ? "guid" : prefix === "datetime" ? "moment" : "text", text: inner });
    } else if (number !== undefined) found.push({ kind: "number", text: number });
    else if (name !== undefined) found.push({ kind: "name", text: name });
    else if (mark !== undefined) found.push({ kind: "mark", text: mark });
  }
  found.push({ kind: "end", text: "" });
  return found;
}

class Parser {
  private at = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly option: string,
  ) {}

  whole(): Expression {
    const expression = this.binary(0);
    if (this.peek().kind !== "end") throw wrongOption(this.option);
    return expression;
  }

  private peek(): Token {
    return this.tokens[this.at] ?? { kind: "end", text: "" };
  }

  private next(): Token {
    const token = this.peek();
    this.at += 1;
    return token;
  }

  private accept(text: string): boolean {
    const token = this.peek();
    if ((token.kind !== "mark" && token.kind !== "name") || token.text !== text) return false;
    this.at += 1;
    return true;
  }

  private expect(text: string): void {
    if (!this.accept(text)) throw wrongOption(this.option);
  }

  private binary(level: number): Expression {
    const operators = LEVELS[level];
    if (!operators) return this.unary();
    let left = this.binary(level + 1);
    for (;;) {
      const token = this.peek();
      if (token.kind !== "name" || !operators.includes(token.text)) return left;
      this.at += 1;
      left = { kind: "binary", operator: token.text, left, right: this.binary(level + 1) };
    }
  }

  private unary(): Expression {
    if (this.accept("not")) return { kind: "unary", operator: "not", operand: this.unary() };
    if (this.accept("-")) return { kind: "unary", operator: "-", operand: this.unary() };
    return this.primary();
  }

  private primary(): Expression {
    const token = this.next();
    if (token.kind === "text") return { kind: "literal", type: "text", value: token.text };
    if (token.kind === "number") return { kind: "literal", type: "number", value: Number(token.text) };
    if (token.kind === "guid") return { kind: "literal", type: "guid", value: readGuid(token.text) };
    if (token.kind === "moment") return { kind: "literal", type: "moment", value: readMoment(token.text) };
    if (token.kind === "mark" && token.text === "(") {
      const inner = this.binary(0);
      this.expect(")");
      return inner;
    }
    if (token.kind !== "name") throw wrongOption(this.option);
    if (token.text === "true" || token.text === "false") return { kind: "literal", type: "flag", value: token.text === "true" };
    if (this.accept("(")) {
      const call: Expression = { kind: "call", name: token.text, args: this.callArguments() };
      return this.accept("/") ? { kind: "path", base: call, segments: this.segments() } : call;
    }
    return this.pathFrom(token.text);
  }

  private callArguments(): Expression[] {
    const args: Expression[] = [];
    if (this.accept(")")) return args;
    do args.push(this.binary(0));
    while (this.accept(","));
    this.expect(")");
    return args;
  }

  private pathFrom(first: string): Expression {
    const segments = [first];
    while (this.accept("/")) {
      const token = this.next();
      if (token.kind !== "name") throw wrongOption(this.option);
      if ((token.text === "any" || token.text === "all") && this.accept("(")) return this.lambda(token.text, segments);
      segments.push(token.text);
    }
    return { kind: "path", segments };
  }

  private segments(): string[] {
    const segments: string[] = [];
    do {
      const token = this.next();
      if (token.kind !== "name") throw wrongOption(this.option);
      segments.push(token.text);
    } while (this.accept("/"));
    return segments;
  }

  private lambda(quantifier: "any" | "all", over: readonly string[]): Expression {
    if (quantifier === "any" && this.accept(")")) return { kind: "lambda", quantifier, over };
    const variable = this.next();
    if (variable.kind !== "name") throw wrongOption(this.option);
    this.expect(":");
    const test = this.binary(0);
    this.expect(")");
    return { kind: "lambda", quantifier, over, variable: variable.text, test };
  }
}
