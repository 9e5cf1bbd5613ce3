export interface ErrorDetails {
  readonly system?: string;
  /** What was being done: "crm.createDeal", "GET /api/v4/leads". */
  readonly operation?: string;
  readonly cause?: unknown;
}

/** Everything Svyaz throws on purpose. `code` is stable and translated for people; `message` is for the log. */
export abstract class SvyazError extends Error {
  abstract readonly code: string;
  /** May the same call succeed a little later, unchanged? */
  readonly retryable: boolean = false;
  readonly system: string | undefined;
  readonly operation: string | undefined;

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.name = new.target.name;
    this.system = details.system;
    this.operation = details.operation;
  }
}

export class SettingsInvalid extends SvyazError {
  readonly code = "settings-invalid";
}
/**
 * `reason`: our policy says no; these figures cannot be cut down to what the person may see;
 * the write is not (or no longer) agreed to; the outside system itself says no; nothing is written in pilot mode.
 */
export class AccessDenied extends SvyazError {
  readonly code = "access-denied";
  constructor(
    message: string,
    details: ErrorDetails = {},
    readonly reason: "policy" | "not-narrowable" | "not-agreed" | "system" | "pilot" = "policy",
  ) {
    super(message, details);
  }
}
/** `connectable`: the person can mend it by signing in to the system themselves. */
export class SignInNeeded extends SvyazError {
  readonly code = "sign-in-needed";
  constructor(
    message: string,
    details: ErrorDetails = {},
    readonly connectable = false,
  ) {
    super(message, details);
  }
}
export class NotFound extends SvyazError {
  readonly code = "not-found";
}
export class RequestRefused extends SvyazError {
  readonly code = "request-refused";
}
export class AnswerUnexpected extends SvyazError {
  readonly code = "answer-unexpected";
}
export class SystemUnavailable extends SvyazError {
  readonly code = "system-unavailable";
  override readonly retryable = true;
  /** `retryAfterMs`: known when calls are held back until then. */
  constructor(
    message: string,
    details: ErrorDetails = {},
    readonly retryAfterMs?: number,
  ) {
    super(message, details);
  }
}
/** Something encrypted does not open: its key is missing, or it was changed. Names what, and never a value. */
export class SecretUnreadable extends SvyazError {
  readonly code = "secret-unreadable";
}
export class ApprovalUnusable extends SvyazError {
  readonly code = "approval-unusable";
}
/** A write was sent, and nobody knows whether it took effect. Never repeated; looked up. */
export class OutcomeUnknown extends SvyazError {
  readonly code = "outcome-unknown";
}

export class TooManyRequests extends SvyazError {
  readonly code = "too-many-requests";
  override readonly retryable = true;
  constructor(
    message: string,
    details: ErrorDetails = {},
    readonly retryAfterMs?: number,
  ) {
    super(message, details);
  }
}
