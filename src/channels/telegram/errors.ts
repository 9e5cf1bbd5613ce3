import { GrammyError, HttpError } from "grammy";
import {
  AccessDenied,
  type ErrorDetails,
  NotFound,
  OutcomeUnknown,
  RequestRefused,
  SignInNeeded,
  type SvyazError,
  SystemUnavailable,
  TooManyRequests,
} from "../../domain/errors.js";

/** Calls that may be repeated without anybody seeing it. The Bot API knows no idempotency key, so nothing that sends is among them. */
export function isRepeatable(method: string): boolean {
  return !method.startsWith("send");
}

/** The request certainly never reached the other side. */
export function neverLeft(error: unknown): boolean {
  const code =
    error instanceof HttpError && typeof error.error === "object" && error.error && "code" in error.error ? error.error.code : "";
  return ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"].includes(String(code));
}

/**
 * A failed call as one of Svyaz's errors. grammY's own hold the token (in URLs) and the text of the message,
 * so nothing of them is kept but Telegram's description.
 */
export function toError(error: unknown, method: string, hide: (text: string) => string): SvyazError {
  if (error instanceof GrammyError) return fromAnswer(error, method);
  const reason = error instanceof HttpError && error.error instanceof Error ? error.error.message : String(error);
  const details: ErrorDetails = { system: "telegram", operation: method, cause: new Error(hide(reason)) };
  if (isRepeatable(method) || neverLeft(error)) return new SystemUnavailable(`telegram: ${method}: no answer`, details);
  return new OutcomeUnknown(`telegram: ${method}: the connection was lost, and the message may or may not have arrived`, details);
}

function fromAnswer({ error_code: code, description, parameters }: GrammyError, method: string): SvyazError {
  const details: ErrorDetails = { system: "telegram", operation: method };
  const message = `telegram: ${method}: ${code} ${description}`;
  if (code === 429) return new TooManyRequests(message, details, (parameters.retry_after ?? 1) * 1000);
  if (code >= 500) return isRepeatable(method) ? new SystemUnavailable(message, details) : new OutcomeUnknown(message, details);
  // A wrong token is 401, one of a wrong shape 404.
  if (code === 401 || (code === 404 && method === "getMe")) return new SignInNeeded(message, details);
  if (code === 403) return new AccessDenied(message, details, "system");
  if (code === 404 || saysGone(description)) return new NotFound(message, details);
  return new RequestRefused(message, details);
}

/*
 * The Bot API tells its 400s apart by their wording alone; these are its stable phrases,
 * collected here so that no other file reads a description.
 */

function saysGone(description: string): boolean {
  return /not found|can't be edited|no text in the message/i.test(description);
}

export function saysUnchanged(refusal: unknown): boolean {
  return descriptionOf(refusal).includes("message is not modified");
}

export function saysUnparsable(refusal: unknown): boolean {
  return descriptionOf(refusal).includes("can't parse entities");
}

function descriptionOf(refusal: unknown): string {
  const told = typeof refusal === "object" && refusal !== null && "description" in refusal ? refusal.description : undefined;
  return typeof told === "string" ? told : "";
}
