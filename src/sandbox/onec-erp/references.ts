/**
 * Guids that are the same at every start and look as 1C makes them (version 1): the kind in the first group, the place in the last.
 */
export function referenceTo(kind: string, place: number): string {
  let known = kinds.get(kind);
  if (known === undefined) {
    known = fnv1a(kind).toString(16).padStart(8, "0");
    kinds.set(kind, known);
  }
  return `${known}-2222-11f1-8000-${(place + 1).toString(16).padStart(12, "0")}`;
}

const kinds = new Map<string, string>();

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return hash >>> 0;
}

/** "00ЦБ-000017": numbers of documents are texts of eleven characters. */
export function documentNumber(prefix: string, place: number): string {
  return `${prefix}-${String(place + 1).padStart(10 - prefix.length, "0")}`;
}
