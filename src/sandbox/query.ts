/** A query string or a form body as PHP reads it: `filter[id][]=1` is `{ filter: { id: { 0: "1" } } }`. */
export interface QueryTree {
  readonly [name: string]: string | QueryTree | undefined;
}

type MutableTree = { [name: string]: string | MutableTree | undefined };

/** Reads names with brackets to any depth; `[]` takes the next free number. A name with a broken bracket is taken as it stands. */
export function parseQuery(pairs: Iterable<readonly [string, string]>): QueryTree {
  const root: MutableTree = Object.create(null) as MutableTree;
  for (const [name, value] of pairs) {
    const steps = stepsOf(name);
    let branch = root;
    for (const [at, step] of steps.entries()) {
      const key = step === "" ? String(Object.keys(branch).filter((known) => /^\d+$/.test(known)).length) : step;
      if (at === steps.length - 1) {
        branch[key] = value;
        break;
      }
      const below = branch[key];
      const next = typeof below === "object" ? below : (Object.create(null) as MutableTree);
      branch[key] = next;
      branch = next;
    }
  }
  return root;
}

/** The values of `name=a` or `name[]=a&name[]=b`, or of `name=a,b` where a comma separates them. */
export function valuesOf(value: string | QueryTree | undefined, options: { readonly comma?: boolean } = {}): string[] {
  if (value === undefined) return [];
  if (typeof value === "string") return options.comma ? value.split(",").map((part) => part.trim()) : [value];
  return Object.values(value).flatMap((inner) => valuesOf(inner, options));
}

/** The branch under a name; undefined where there is none, or a plain value stands there. */
export function branchOf(tree: QueryTree | undefined, name: string): QueryTree | undefined {
  const value = tree?.[name];
  return typeof value === "object" ? value : undefined;
}

/** The plain value under a name. */
export function textOf(tree: QueryTree | undefined, name: string): string | undefined {
  const value = tree?.[name];
  return typeof value === "string" ? value : undefined;
}

/** Things as PHP-nested pairs, the way PHP's `http_build_query` writes a form. Nothing is written for null. */
export function toFormPairs(value: unknown, name = ""): [string, string][] {
  if (value === null || value === undefined) return [];
  if (typeof value === "boolean") return [[name, value ? "1" : "0"]];
  if (typeof value === "string" || typeof value === "number") return [[name, String(value)]];
  return Object.entries(value).flatMap(([key, inner]) => toFormPairs(inner, name === "" ? key : `${name}[${key}]`));
}

function stepsOf(name: string): string[] {
  const whole = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(name);
  if (whole?.[1] === undefined) return [name];
  const brackets = whole[2] ?? "";
  return [whole[1], ...[...brackets.matchAll(/\[([^[\]]*)\]/g)].map(([, step]) => step ?? "")];
}
