const shown = "[secret]";
const maxDepth = 8;
const maxText = 8_000;
const maxItems = 200;
/** Shorter ones would blot out half of every line; nothing that short protects anything. */
const minSecret = 4;

/** Hidden for good, and the passing ones: each value with the forms that it may be met in. */
const registered = new Set<string>();
const passing = new Map<string, readonly string[]>();
const maxPassing = 1_000;
/** Every form, by its first characters, so that a thousand secrets are looked for as fast as one. */
const forms = new Map<string, Set<string>>();

/** From now on this value is hidden wherever it would be logged or audited, also URL-encoded, in base64 and inside JSON. */
export function hideSecret(value: string): void {
  if (value.length < minSecret || registered.has(value)) return;
  registered.add(value);
  for (const form of formsOf(value)) remember(form);
}

/**
 * The same for values that come and go, as tokens do: the thousand latest are kept. In a JSON object, what its names call secret is hidden too.
 */
export function hidePassingSecret(value: string): void {
  for (const one of [value, ...textsWithin(value)]) {
    if (one.length < minSecret || registered.has(one)) continue;
    const known = passing.get(one) ?? formsOf(one);
    passing.delete(one);
    passing.set(one, known);
    for (const form of known) remember(form);
  }
  for (const [oldest, known] of passing) {
    if (passing.size <= maxPassing) break;
    passing.delete(oldest);
    for (const form of known) if (!registered.has(form)) forms.get(form.slice(0, minSecret))?.delete(form);
  }
}

function formsOf(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  const plain = [value, JSON.stringify(value).slice(1, -1), bytes.toString("base64"), bytes.toString("base64url")];
  return [...new Set([...plain, encodeURIComponent(value.toWellFormed())])];
}

function remember(form: string): void {
  const start = form.slice(0, minSecret);
  const known = forms.get(start);
  if (known) known.add(form);
  else forms.set(start, new Set([form]));
}

/** A set of tokens is one secret, and is met piece by piece. */
function textsWithin(value: string): readonly string[] {
  if (!value.startsWith("{")) return [];
  try {
    const parts = Object.entries(JSON.parse(value) as Readonly<Record<string, unknown>>);
    return parts.flatMap(([name, part]) => (typeof part === "string" && isSecretName(name) ? [part] : []));
  } catch {
    return [];
  }
}

function withoutRegistered(text: string): string {
  if (forms.size === 0) return text;
  let shownTo = 0;
  let result = "";
  for (let at = 0; at + minSecret <= text.length; at++) {
    let longest = 0;
    for (const form of forms.get(text.slice(at, at + minSecret)) ?? [])
      if (form.length > longest && text.startsWith(form, at)) longest = form.length;
    if (longest === 0) continue;
    result += text.slice(shownTo, at) + shown;
    shownTo = at + longest;
    at = shownTo - 1;
  }
  return result + text.slice(shownTo);
}

/** Words whose presence in a name ("accessToken", "X-Api-Key", "client_secret") says that the value is secret. */
const secretWords =
  /(^|[^a-z])(token|password|passwd|passphrase|pwd|secret|authorization|cookie|credentials?|signature|(api|private|access|signing|encryption|secret|auth)[^a-z]?key|apikey|jwt)$/;
/** In an address these too: codes of a sign-in, and names too short to trust elsewhere. */
const secretParameters = /^(code|key|sig|auth|hash|state|pass)$/;

function isSecretName(name: string): boolean {
  const words = name.replace(/([a-z\d])([A-Z])/g, "$1 $2").toLowerCase();
  return (
    secretWords.test(words) ||
    /(^|[^a-z])(set.cookie|password|secret|authorization|api.?key|access.?token|refresh.?token)([^a-z]|$)/.test(words)
  );
}

/** Secrets that are known by their looks, wherever they stand in a text. */
const looks: readonly (readonly [RegExp, string])[] = [
  // Telegram: https://api.telegram.org/bot123456:ABC/sendMessage
  [/\b(bot)?\d{3,}:[A-Za-z0-9_-]{20,}/g, `$1${shown}`],
  [/\bbot\d+:[A-Za-z0-9_-]+/g, `bot${shown}`],
  [/\b(Bearer|Basic|Token|OAuth)\s+[\w.~+/=-]{6,}/gi, `$1 ${shown}`],
  [/\bxox[a-z]-[\w-]+|\bxapp-[\w-]+|\bsk-[\w-]{8,}/g, shown],
  // A JSON web token
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, shown],
  // https://name:password@host
  [/(\b[a-z][a-z\d+.-]{0,20}:\/\/[^\s/:@]*):[^\s/@]*@/gi, `$1:${shown}@`],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, shown],
];
const parameter = /([?&#;]|\b)([\w.-]{1,64})=([^\s&#"'<>;,)]+)/g;
const member = /("([\w.-]+)"\s*:\s*")((?:[^"\\]|\\.)*)"/g;

/** The text with every secret in it replaced by "[secret]". */
export function redactText(text: string): string {
  // More than is shown, so that a secret on the edge is seen whole and hidden before the cut.
  let redacted = withoutRegistered(text.slice(0, 2 * maxText));
  for (const [look, instead] of looks) redacted = redacted.replace(look, instead);
  redacted = redacted
    .replace(parameter, (whole, before: string, name: string) => {
      const inAddress = before !== "" && secretParameters.test(name.toLowerCase());
      return inAddress || isSecretName(name) ? `${before}${name}=${shown}` : whole;
    })
    .replace(member, (whole, start: string, name: string) => (isSecretName(name) ? `${start}${shown}"` : whole));
  return text.length > maxText ? `${redacted.slice(0, maxText)}… (${text.length} characters)` : redacted;
}

/**
 * The value as plain JSON data without secrets: by registered value, by name of the key, by looks. Errors keep their name, message,
 * code and causes, and lose what HTTP clients hang on them (headers, bodies, options). Endless things are cut.
 */
export function redact(value: unknown): unknown {
  return plain(value, 0, new Set());
}

function plain(value: unknown, depth: number, above: ReadonlySet<object>): unknown {
  if (typeof value === "string") return redactText(value);
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "function" || typeof value === "symbol") return undefined;
  if (typeof value !== "object" || value === null) return value;
  if (above.has(value)) return "[circular]";
  if (depth >= maxDepth) return "[deeper]";
  const inner = (part: unknown) => plain(part, depth + 1, new Set([...above, value]));

  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "[no date]" : value.toISOString();
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (value instanceof URL || value instanceof RegExp) return redactText(String(value));
  if (value instanceof Error) return plainError(value, inner);
  if (value instanceof Map)
    return plainEntries(
      [...value].map(([key, part]) => [String(key), part]),
      inner,
    );
  if (Array.isArray(value) || value instanceof Set) {
    const items = [...value];
    return [...items.slice(0, maxItems).map(inner), ...(items.length > maxItems ? [`… (${items.length} items)`] : [])];
  }
  if ("toJSON" in value && typeof value.toJSON === "function") return inner((value.toJSON as () => unknown)());
  return plainEntries(Object.entries(value), inner);
}

function plainEntries(entries: readonly (readonly [string, unknown])[], inner: (part: unknown) => unknown): Record<string, unknown> {
  const empty = (part: unknown) => part === undefined || part === null || part === "" || typeof part === "boolean";
  return Object.fromEntries(
    entries.slice(0, maxItems).map(([key, part]) => [redactText(key), isSecretName(key) && !empty(part) ? shown : inner(part)]),
  );
}

const errorFields = [
  "code",
  "errno",
  "syscall",
  "status",
  "statusCode",
  "retryable",
  "retryAfterMs",
  "system",
  "operation",
  "constraint",
  "table",
];

function plainError(error: Error, inner: (part: unknown) => unknown): Record<string, unknown> {
  const own = error as Error & Readonly<Record<string, unknown>>;
  return {
    name: error.name,
    message: redactText(error.message),
    ...Object.fromEntries(errorFields.flatMap((field) => (own[field] === undefined ? [] : [[field, inner(own[field])]]))),
    ...(error.stack ? { stack: redactText(error.stack) } : {}),
    ...(error.cause === undefined ? {} : { cause: inner(error.cause) }),
    ...(error instanceof AggregateError ? { errors: inner(error.errors) } : {}),
  };
}
