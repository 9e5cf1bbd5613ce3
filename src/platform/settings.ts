import { config as readDotenv } from "dotenv";
import { z } from "zod";
import { SettingsInvalid } from "../domain/errors.js";

const flag = z.stringbool({ truthy: ["1", "true", "yes", "on"], falsy: ["0", "false", "no", "off"] });
const port = z.coerce.number().int().min(0).max(65_535);

/** Every variable that Svyaz itself reads. Connectors declare their own beside their code. */
const schema = z.object({
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .optional()
    .describe("PostgreSQL with pgvector; absent means the embedded PGlite in ./data")
    .meta({ example: "postgresql://svyaz:password@localhost:5432/svyaz" }),
  SVYAZ_DATA: z
    .string()
    .min(1)
    .default("./data")
    .describe("Folder of the embedded database, the sandbox and saved pictures (also --data DIR)"),
  SVYAZ_LANGUAGE: z.enum(["ru", "en"]).default("ru").describe("Language of people who have set none, and of the first screen"),
  SVYAZ_TIME_ZONE: z
    .string()
    .refine(isTimeZone, "an IANA time zone, for example Europe/Moscow")
    .default("Europe/Moscow")
    .describe("The company's time zone: decides what 'today' is for people who have set none"),
  SVYAZ_PORT: port.default(8787).describe("Port of /health, /ready, /metrics and web hooks; 0 picks a free one"),
  SVYAZ_HOST: z.string().default("127.0.0.1").describe("Address the web server listens on; 0.0.0.0 behind a proxy or in a container"),
  SVYAZ_PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("How the world reaches the web server; needed for web hooks")
    .meta({ example: "https://svyaz.example.com" }),
  SVYAZ_LOG_LEVEL: z.enum(["debug", "info", "warn", "error"]).default("info").describe("How much is logged"),
  SVYAZ_SANDBOX: flag
    .optional()
    .describe("true forces the sandbox company, false forbids it; absent: sandbox when no system is configured"),
  SVYAZ_NOW: z.iso
    .datetime()
    .optional()
    .describe("Fixes the clock (tests and demonstrations only)")
    .meta({ example: "2026-11-20T09:00:00.000Z" }),
  OPENAI_API_KEY: z
    .string()
    .min(1)
    .optional()
    .describe("Key of the chat model; without it and without OPENAI_BASE_URL the offline planner answers")
    .meta({ secret: true, example: "sk-…" }),
  OPENAI_BASE_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("Any OpenAI-compatible server")
    .meta({ example: "http://localhost:11434/v1" }),
  OPENAI_MODEL: z.string().min(1).default("gpt-5-mini").describe("Chat model"),
  OPENAI_EMBEDDING_MODEL: z
    .string()
    .min(1)
    .optional()
    .describe("Embedding model; when set, search also goes by meaning")
    .meta({ example: "text-embedding-3-small" }),
  SVYAZ_TURN_SECONDS: z.coerce.number().int().min(5).max(600).default(90).describe("The longest a turn may take, seconds"),
  SVYAZ_TURN_STEPS: z.coerce.number().int().min(1).max(12).default(12).describe("Model calls in a turn"),
  SVYAZ_TURN_CALLS: z.coerce.number().int().min(1).max(20).default(20).describe("Tool calls in a turn"),
  SVYAZ_TURN_TOKENS: z.coerce.number().int().min(1_000).default(80_000).describe("Tokens in a turn, in and out"),
  TELEGRAM_BOT_TOKEN: z
    .string()
    .regex(/^\d+:[\w-]{20,}$/, "a token from @BotFather")
    .optional()
    .describe("Starts the Telegram channel")
    .meta({ secret: true, example: "123456:ABC-DEF…" }),
  TELEGRAM_API_ROOT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("An own Bot API server")
    .meta({ example: "http://localhost:8081" }),
  TELEGRAM_WEBHOOK_SECRET: z
    .string()
    .regex(/^[\w-]{16,256}$/, "16 to 256 of A-Z a-z 0-9 _ -")
    .optional()
    .describe("Set with SVYAZ_PUBLIC_URL to receive by web hook instead of polling")
    .meta({ secret: true }),
  SLACK_BOT_TOKEN: z
    .string()
    .startsWith("xoxb-")
    .optional()
    .describe("Starts the Slack channel, with SLACK_APP_TOKEN or SLACK_SIGNING_SECRET")
    .meta({ secret: true, example: "xoxb-…" }),
  SLACK_APP_TOKEN: z
    .string()
    .startsWith("xapp-")
    .optional()
    .describe("Socket Mode: no public address needed")
    .meta({ secret: true, example: "xapp-…" }),
  SLACK_SIGNING_SECRET: z.string().min(16).optional().describe("HTTP mode: events come to /slack/events").meta({ secret: true }),
  SLACK_API_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("Another Slack API address (tests)"),
  SLACK_MATCH_EMAIL: flag.default(false).describe("Lets in Slack members whose verified e-mail is a person's e-mail"),
  SMTP_SERVER: z.string().min(1).optional().describe("Mail server for alerts").meta({ example: "smtp.example.com" }),
  SMTP_PORT: port.optional().describe("Its port").meta({ example: "587" }),
  ALERT_EMAIL: z.email().optional().describe("Who gets alerts by e-mail").meta({ example: "admin@example.com" }),
  EMAIL_PASSWORD: z.string().min(1).optional().describe("Password of ALERT_EMAIL at SMTP_SERVER").meta({ secret: true }),
  ENCRYPTION_KEY: z.string().min(1).optional().describe("Key for secrets at rest").meta({ secret: true }),
});

export type Settings = z.infer<typeof schema>;

export interface Problem {
  readonly variable: string;
  readonly came: string;
  readonly expected: string;
}

/** Reads the environment, with `.env` of the working folder beneath it. The only place that touches `process.env`. */
export function readEnvironment(options: { readonly dotenv?: boolean } = {}): Readonly<Record<string, string | undefined>> {
  const file = options.dotenv === false ? {} : (readDotenv({ quiet: true, processEnv: {} }).parsed ?? {});
  return { ...file, ...process.env };
}

/** Checks what Svyaz itself reads. Empty variables count as absent. Problems are returned so that connectors' ones can join them. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): {
  settings?: Settings;
  problems: readonly Problem[];
} {
  const given = Object.fromEntries(Object.keys(schema.shape).flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])));
  const parsed = schema.safeParse(given);
  const problems: Problem[] = parsed.success
    ? []
    : parsed.error.issues.map((issue) => {
        const variable = String(issue.path[0] ?? "");
        return { variable, came: shownValue(variable, environment[variable]), expected: issue.message };
      });
  if (parsed.success) problems.push(...contradictions(parsed.data));
  return parsed.success && problems.length === 0 ? { settings: parsed.data, problems } : { problems };
}

/** One error with every problem: the variable, what came, what was expected. Secrets are never shown, not even half. */
export function settingsError(problems: readonly Problem[]): SettingsInvalid {
  const lines = problems.map(({ variable, came, expected }) => `  ${variable}: ${came}; expected ${expected}`);
  return new SettingsInvalid(`The settings have ${problems.length} problem(s):\n${lines.join("\n")}\nSee .env.example.`);
}

/** What `.env.example` says of Svyaz's own variables, in order of their declaration. */
export function describeSettings(): readonly { name: string; description: string; value: string; optional: boolean }[] {
  return Object.entries(schema.shape).map(([name, field]) => {
    const meta = field.meta() as { description?: string; example?: string } | undefined;
    const preset = field.safeParse(undefined);
    const standard = preset.success && preset.data !== undefined ? String(preset.data) : undefined;
    return { name, description: meta?.description ?? "", value: standard ?? meta?.example ?? "", optional: standard === undefined };
  });
}

/** The settings that are secrets: hidden wherever they would be printed. */
export function secretValues(settings: Settings): readonly string[] {
  return Object.entries(schema.shape).flatMap(([name, field]) => {
    const value = settings[name as keyof Settings];
    const meta = field.meta() as { secret?: boolean } | undefined;
    return meta?.secret && typeof value === "string" ? [value] : [];
  });
}

function contradictions(settings: Settings): Problem[] {
  const problems: Problem[] = [];
  if (settings.SLACK_BOT_TOKEN && !settings.SLACK_APP_TOKEN && !settings.SLACK_SIGNING_SECRET) {
    problems.push({
      variable: "SLACK_BOT_TOKEN",
      came: "[secret] alone",
      expected: "SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP) beside it",
    });
  }
  if ((settings.SLACK_APP_TOKEN || settings.SLACK_SIGNING_SECRET) && !settings.SLACK_BOT_TOKEN) {
    problems.push({ variable: "SLACK_BOT_TOKEN", came: "nothing", expected: "the bot token (xoxb-…) beside the other Slack settings" });
  }
  if (settings.TELEGRAM_WEBHOOK_SECRET && !settings.SVYAZ_PUBLIC_URL) {
    problems.push({
      variable: "SVYAZ_PUBLIC_URL",
      came: "nothing",
      expected: "the public address, since TELEGRAM_WEBHOOK_SECRET asks for a web hook",
    });
  }
  return problems;
}

function shownValue(variable: string, value: string | undefined): string {
  if (!value) return "nothing";
  const field = schema.shape[variable as keyof typeof schema.shape];
  const meta = field?.meta() as { secret?: boolean } | undefined;
  return meta?.secret || variable === "DATABASE_URL" ? "[secret]" : JSON.stringify(value.slice(0, 80));
}

function isTimeZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
