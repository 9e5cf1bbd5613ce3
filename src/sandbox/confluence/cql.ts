import { badCql } from "./refusals.js";

/** A parsed query of the Confluence Query Language, as far as the sandbox knows it. */
export interface Cql {
  readonly where: Clause;
  readonly order: readonly { readonly field: Field; readonly descending: boolean }[];
}

export type Clause =
  | { readonly kind: "and" | "or"; readonly parts: readonly Clause[] }
  | { readonly kind: "not"; readonly part: Clause }
  | { readonly kind: "compare"; readonly field: Field; readonly operator: Operator; readonly values: readonly Operand[] };

export type Operator = "=" | "!=" | "~" | "!~" | ">" | ">=" | "<" | "<=" | "in" | "not in";
/** A written value, or a function with its argument: `currentUser()`, `now("-2h")`. */
export type Operand = { readonly value: string } | { readonly call: "currentUser" | "now"; readonly argument?: string };

const OPERATORS = {
  type: ["=", "!=", "in", "not in"],
  space: ["=", "!=", "in", "not in"],
  id: ["=", "!=", "in", "not in"],
  title: ["=", "!=", "~", "!~"],
  text: ["~", "!~"],
  sitesearch: ["~"],
  label: ["=", "!=", "in", "not in"],
  ancestor: ["=", "!=", "in", "not in"],
  parent: ["=", "!=", "in", "not in"],
  container: ["=", "!=", "in", "not in"],
  creator: ["=", "!=", "in", "not in"],
  contributor: ["=", "!=", "in", "not in"],
  created: ["=", "!=", ">", ">=", "<", "<="],
  lastmodified: ["=", "!=", ">", ">=", "<", "<="],
} as const satisfies Readonly<Record<string, readonly Operator[]>>;
export type Field = keyof typeof OPERATORS;

interface Token {
  readonly kind: "word" | "text" | "mark" | "end";
  readonly text: string;
}
const TOKEN = /\s+|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(>=|<=|!=|!~|[=~<>(),])|([^\s"'=~<>!(),]+)/uy;

/** Parses a query or refuses it as the site does: 400 "Could not parse cql". */
export function parseCql(source: string): Cql {
  const tokens = tokensOf(source);
  let at = 0;
  const peek = (): Token => tokens[at] ?? { kind: "end", text: "" };
  const isWord = (word: string): boolean => peek().kind === "word" && peek().text.toLowerCase() === word;
  const accept = (word: string): boolean => {
    const fits = peek().kind === "mark" ? peek().text === word : isWord(word);
    if (fits) at += 1;
    return fits;
  };
  const expect = (word: string): void => {
    if (!accept(word)) throw badCql(source);
  };

  const disjunction = (): Clause => joined("or", conjunction);
  const conjunction = (): Clause => joined("and", factor);
  function joined(kind: "and" | "or", inner: () => Clause): Clause {
    const parts = [inner()];
    while (accept(kind)) parts.push(inner());
    return parts.length === 1 ? (parts[0] as Clause) : { kind, parts };
  }
  function factor(): Clause {
    if (accept("not")) return { kind: "not", part: factor() };
    if (accept("(")) {
      const inner = disjunction();
      expect(")");
      return inner;
    }
    return comparison();
  }
  function comparison(): Clause {
    const field = fieldName();
    const operator = operatorName();
    if (!(OPERATORS[field] as readonly Operator[]).includes(operator)) throw badCql(source);
    if (operator !== "in" && operator !== "not in") return { kind: "compare", field, operator, values: [operand()] };
    expect("(");
    const values = [operand()];
    while (accept(",")) values.push(operand());
    expect(")");
    return { kind: "compare", field, operator, values };
  }
  function fieldName(): Field {
    const token = peek();
    const name = token.text.toLowerCase();
    if (token.kind !== "word" || !(name in OPERATORS)) throw badCql(source);
    at += 1;
    return name as Field;
  }
  function operatorName(): Operator {
    if (accept("in")) return "in";
    if (accept("not")) {
      expect("in");
      return "not in";
    }
    const token = peek();
    if (token.kind !== "mark" || ["(", ")", ","].includes(token.text)) throw badCql(source);
    at += 1;
    return token.text as Operator;
  }
  function operand(): Operand {
    const token = peek();
    if (token.kind !== "word" && token.kind !== "text") throw badCql(source);
    at += 1;
    if (token.kind === "text" || !accept("(")) return { value: token.text };
    if (token.text !== "currentUser" && token.text !== "now") throw badCql(source);
    const argument = peek().kind === "text" ? peek().text : undefined;
    if (argument !== undefined) at += 1;
    expect(")");
    return { call: token.text, argument };
  }

  const where = disjunction();
  const order: { field: Field; descending: boolean }[] = [];
  if (accept("order")) {
    expect("by");
    do {
      const field = fieldName();
      const descending = accept("desc");
      if (!descending) accept("asc");
      order.push({ field, descending });
    } while (accept(","));
  }
  if (peek().kind !== "end") throw badCql(source);
  return { where, order };
}

function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const match = TOKEN.exec(source);
    if (!match) throw badCql(source);
    const [, double, single, mark, word] = match;
    const quoted = double ?? single;
    if (quoted !== undefined) tokens.push({ kind: "text", text: quoted.replace(/\\(["'\\])/g, "$1") });
    else if (mark !== undefined) tokens.push({ kind: "mark", text: mark });
    else if (word !== undefined) tokens.push({ kind: "word", text: word });
  }
  return tokens;
}
