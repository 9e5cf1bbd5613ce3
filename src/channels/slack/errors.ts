import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from "@slack/web-api";
import {
  AccessDenied,
  AnswerUnexpected,
  type ErrorDetails,
  NotFound,
  OutcomeUnknown,
  RequestRefused,
  SignInNeeded,
  type SvyazError,
  SystemUnavailable,
  TooManyRequests,
} from "../../domain/errors.js";

const longestWaitMs = 35_000;
const waits = 3;
const pausesMs = [300, 1500];

/** Methods that put something before people's eyes. Slack knows no idempotency key, so nobody may call them twice unsure. */
const seen: ReadonlySet<string> = new Set(["chat.postMessage", "files.completeUploadExternal"]);

/** Calls that may be repeated without anybody seeing it. */
export function isRepeatable(method: string): boolean {
  return !seen.has(method);
}

/** The request certainly never reached the other side. */
export function neverLeft(error: unknown): boolean {
  let cause: unknown = error instanceof WebAPIRequestError ? error.original : error;
  for (let depth = 0; depth < 4 && cause instanceof Error; depth += 1) {
    if ("code" in cause && ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"].includes(String(cause.code)))
      return true;
    cause = cause.cause;
  }
  return false;
}

/** How long to wait before the same call again; nothing when it should not be made again. */
export function pauseBefore(error: unknown, method: string, attempt: number): number | undefined {
  if (error instanceof WebAPIRateLimitedError) {
    const waitMs = error.retryAfter * 1000;
    return attempt < waits && waitMs <= longestWaitMs ? waitMs : undefined;
  }
  return isRepeatable(method) && isTransient(error) ? pausesMs[attempt] : undefined;
}

/** Slack's word for what went wrong, or ours where it has none. */
export function codeOf(error: unknown): string {
  if (error instanceof WebAPIRateLimitedError) return "ratelimited";
  if (error instanceof WebAPIHTTPError) return `http-${error.statusCode}`;
  if (!(error instanceof WebAPIPlatformError)) return "no-answer";
  // A page of a proxy reaches us as the "error" of a platform answer.
  return /^[a-z][a-z0-9_]{0,60}$/.test(error.data.error) ? error.data.error : "unreadable-answer";
}

/** Slack does not take these blocks: they are of a kind this workspace does not know yet, or too long together. */
export function saysBlocksRefused(error: unknown): boolean {
  return ["invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"].includes(codeOf(error));
}

/** A failed call as one of Svyaz's errors. The library's own hold headers and what was sent, so nothing of them is kept but the code. */
export function toError(error: unknown, method: string, hide: (text: string) => string): SvyazError {
  const code = codeOf(error);
  const details: ErrorDetails = { system: "slack", operation: method };
  const message = `slack: ${method}: ${code}`;
  if (error instanceof WebAPIRateLimitedError) return new TooManyRequests(message, details, error.retryAfter * 1000);
  if (isTransient(error)) {
    const cause = code === "no-answer" ? new Error(hide(reasonOf(error))) : undefined;
    if (isRepeatable(method) || neverLeft(error)) return new SystemUnavailable(message, { ...details, cause });
    return new OutcomeUnknown(`${message}: the message may or may not have arrived`, { ...details, cause });
  }
  if (code === "unreadable-answer") return new AnswerUnexpected(message, details);
  if (signIn.has(code)) return new SignInNeeded(message, details);
  if (error instanceof WebAPIPlatformError && code === "missing_scope") {
    return new AccessDenied(`${message}, needed: ${String("needed" in error.data ? error.data.needed : "")}`, details, "system");
  }
  if (denied.has(code)) return new AccessDenied(message, details, "system");
  if (code.endsWith("not_found") || gone.has(code)) return new NotFound(message, details);
  return new RequestRefused(message, details);
}

/** Could be otherwise a moment later; whether it took effect is not known. */
function isTransient(error: unknown): boolean {
  if (error instanceof WebAPIPlatformError) {
    const code = codeOf(error);
    return ["internal_error", "fatal_error", "service_unavailable", "request_timeout", "unreadable-answer"].includes(code);
  }
  return error instanceof WebAPIHTTPError ? error.statusCode >= 500 : true;
}

function reasonOf(error: unknown): string {
  const cause = error instanceof WebAPIRequestError ? error.original : error;
  const deeper = cause instanceof Error && cause.cause instanceof Error ? `: ${cause.cause.message}` : "";
  return `${String(cause)}${deeper}`;
}

const signIn: ReadonlySet<string> = new Set([
  "invalid_auth",
  "not_authed",
  "account_inactive",
  "token_revoked",
  "token_expired",
  "not_allowed_token_type",
]);

const denied: ReadonlySet<string> = new Set([
  "access_denied",
  "cannot_dm_bot",
  "ekm_access_denied",
  "is_archived",
  "messages_tab_disabled",
  "no_permission",
  "not_in_channel",
  "restricted_action",
  "restricted_action_read_only_channel",
  "restricted_action_thread_only_channel",
  "team_access_not_granted",
  "user_disabled",
  "user_not_visible",
]);

const gone: ReadonlySet<string> = new Set(["cant_update_message", "edit_window_closed", "file_deleted"]);
