import type { Language } from "../domain/people.js";
import * as en from "./en.js";
import * as ru from "./ru.js";

export type Texts = typeof ru;

/** Everything people read, in one language. English has the same keys: the compiler sees to it. */
export function texts(language: Language): Texts {
  return language === "ru" ? ru : (en satisfies Texts);
}

/** The sentence a person reads for an error: by its stable code, never by its message. */
export function errorSentence(error: unknown, language: Language): string {
  const code = typeof error === "object" && error !== null && "code" in error && typeof error.code === "string" ? error.code : "internal";
  const system = typeof error === "object" && error !== null && "system" in error && typeof error.system === "string" ? error.system : "";
  const { errors } = texts(language);
  // What one can mend by oneself is worded so.
  if (code === "sign-in-needed" && "connectable" in (error as object) && (error as { connectable: unknown }).connectable === true) {
    return errors["connect-needed"]?.(system) ?? code;
  }
  const reason = typeof error === "object" && error !== null && "reason" in error ? `${code}.${String(error.reason)}` : code;
  return (errors[reason] ?? errors[code] ?? errors.internal)?.(system) ?? code;
}

/** The same with the number by which an admin finds out more: the audit trace. */
export function errorReport(error: unknown, language: Language, request: string): string {
  return `${errorSentence(error, language)} ${texts(language).limits.requestNumber(request)}`;
}
