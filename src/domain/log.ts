/** What happened, for whoever runs Svyaz. Secrets are hidden by the implementation; still, never put one in. */
export interface Log {
  debug(message: string, details?: Readonly<Record<string, unknown>>): void;
  info(message: string, details?: Readonly<Record<string, unknown>>): void;
  warn(message: string, details?: Readonly<Record<string, unknown>>): void;
  error(message: string, details?: Readonly<Record<string, unknown>>): void;
  /** A log whose every line carries these besides. */
  with(details: Readonly<Record<string, unknown>>): Log;
}
