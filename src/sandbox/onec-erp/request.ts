import { readGuid, readMoment } from "./expression.js";
import type { Row, SetSchema } from "./fields.js";
import { decoded } from "./options.js";
import { Refusal, unparsable, wrongSegment } from "./refusal.js";
import { keyIn, type Store } from "./store.js";

/** One step of the path: a name and what stands in its brackets. */
export interface Segment {
  readonly name: string;
  readonly brackets?: string;
}

/** Cuts "Catalog_X(guid'…')/Партнер/Description" at the slashes that stand outside brackets. */
export function readPath(path: string): Segment[] {
  const segments: Segment[] = [];
  const text = decoded(path);
  const pattern = /\/?([^/(]+)(?:\(((?:[^()']|'[^']*'|\((?:[^()]|\([^()]*\))*\))*)\))?/y;
  while (pattern.lastIndex < text.length) {
    if (text.slice(pattern.lastIndex) === "/") break;
    const match = pattern.exec(text);
    if (!match) throw wrongSegment(text);
    segments.push({ name: match[1] ?? "", ...(match[2] === undefined ? {} : { brackets: match[2] }) });
  }
  return segments;
}

/** Reads a key: a lone guid, or every part of a composite key by its name. */
export function readKey(set: SetSchema, brackets: string): string {
  const [only = "", ...others] = set.key;
  const parts = new Map<string, string>();
  for (const part of brackets.split(/,(?=\s*[\p{L}\d_]+\s*=)/u)) {
    const named = /^\s*([\p{L}\d_]+)\s*=\s*(.*?)\s*$/su.exec(part);
    if (named) parts.set(named[1] ?? "", named[2] ?? "");
    else if (others.length === 0) parts.set(only, part.trim());
    else throw new Refusal(400, 7, "Не хватает элемента ключа сущности");
  }
  return set.key
    .map((name) => {
      const literal = parts.get(name);
      if (literal === undefined) throw new Refusal(400, 7, `Не хватает элемента ключа сущности: ${name}`);
      return keyLiteral(set, name, literal);
    })
    .join("#");
}

function keyLiteral(set: SetSchema, name: string, literal: string): string {
  const type = set.properties.find((property) => property.name === name)?.type;
  const quoted = /^(guid|datetime)?'(.*)'$/s.exec(literal);
  if (type === "Edm.Guid") {
    if (quoted?.[1] !== "guid") throw unparsable(quoted?.[2] ?? literal, "Edm.Guid");
    return readGuid(quoted[2] ?? "");
  }
  if (type === "Edm.DateTime") return readMoment(quoted?.[1] === "datetime" ? (quoted[2] ?? "") : "");
  return quoted?.[2] ?? literal;
}

/** The row of a set with that key; parts and records are looked for by walking, objects by their guid. */
export function findRow(store: Store, set: SetSchema, key: string): Row | undefined {
  if (set.kind === "catalog" || set.kind === "document" || set.kind === "information") return store.find(set.name, key);
  return store.rows(set).find((row) => keyIn(set, row) === key);
}
