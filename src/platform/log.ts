import winston from "winston";
import type { Log } from "../domain/log.js";
import { redact } from "./redact.js";

export { hideSecret, redact, redactText } from "./redact.js";

export interface LogOptions {
  readonly level: "debug" | "info" | "warn" | "error";
  /** Where the lines go; stderr by default, since stdout belongs to the conversation in the terminal. */
  readonly stream?: NodeJS.WritableStream & { readonly isTTY?: boolean };
  /** "json" is for machines, one object a line; "plain" for eyes. By default plain on a terminal. */
  readonly style?: "json" | "plain";
}

/** The log, on winston. Every line passes `redact`, so that no secret leaves by it. Never throws. */
export function createLog({ level, stream = process.stderr, style = stream.isTTY ? "plain" : "json" }: LogOptions): Log {
  const logger = winston.createLogger({
    level,
    format: winston.format.printf((info) => (style === "json" ? jsonLine(info) : plainLine(info))),
    transports: [new winston.transports.Stream({ stream })],
    exitOnError: false,
  });
  return over(logger, {});
}

function over(logger: winston.Logger, always: Readonly<Record<string, unknown>>): Log {
  const write = (level: string) => (message: string, details?: Readonly<Record<string, unknown>>) => {
    // Under one key, so that a detail called "level" or "message" is a detail and not the line's own.
    logger.log({ level, message, line: { at: new Date().toISOString(), details: { ...always, ...details } } });
  };
  return {
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
    with: (details) => over(logger, { ...always, ...details }),
  };
}

interface Line {
  readonly at: string;
  readonly level: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

function read(info: winston.Logform.TransformableInfo): Line {
  const { at, details } = info["line"] as Pick<Line, "at" | "details">;
  try {
    return { at, level: info.level, message: String(redact(info.message)), details: redact(details) as Line["details"] };
  } catch (error) {
    return { at, level: info.level, message: "a line that could not be logged", details: { reason: String(error) } };
  }
}

function jsonLine(info: winston.Logform.TransformableInfo): string {
  const { details, ...line } = read(info);
  const own = Object.entries(details).map(([key, value]) => [key in line ? `${key}_` : key, value]);
  return JSON.stringify({ ...line, ...Object.fromEntries(own) });
}

/** "09:00:00 warn  the message  key=value"; an error's stack beneath it. Nobody's text moves the cursor or colours the screen. */
function plainLine(info: winston.Logform.TransformableInfo): string {
  const { at, level, message, details } = read(info);
  const stacks: string[] = [];
  const pairs = Object.entries(details).map(([key, value]) => {
    if (!isPlainError(value)) return `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`;
    if (value.stack) stacks.push(...value.stack.split("\n").slice(1));
    return `${key}=${value.name}: ${value.message}`;
  });
  const line = [at.slice(11, 19), level.padEnd(5), message, ...pairs].join(" ");
  return [line, ...stacks].map(printable).join("\n");
}

function isPlainError(value: unknown): value is { name: string; message: string; stack?: string } {
  return typeof value === "object" && value !== null && "stack" in value && "message" in value;
}

function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}]/gu, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
