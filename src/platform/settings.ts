import { config as readDotenv } from "dotenv";
import { z } from "zod";
import { SettingsInvalid } from "../domain/errors.js";

const flag = z.stringbool({ truthy: ["1", "true", "yes", "on"], falsy: ["0", "false", "no", "off"] });
const port = z.coerce.number().int().min(0).max(65_535);

const names = z
  .string()
  .transform((text) =>
    text
      .split(",")
      .map((name) => name.trim())
      .filter(Boolean),
  )
  .optional();
const days = (standard: number, least: number) =>
  z.coerce
    .number()
    .int()
    .refine((given) => given === 0 || (given >= least && given <= 36_500), `0, or ${least} to 36500 days`)
    .default(standard);

/** Every variable that Svyaz itself reads. Connectors declare their own beside their code. */
const schema = z.object({
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .optional()
    .describe("PostgreSQL with pgvector; absent means the embedded PGlite in ./data")
    .meta({ example: "postgresql://svyaz:password@localhost:5432/svyaz" }),
  REDIS_URL: z
    .url({ protocol: /^rediss?$/ })
    .optional()
    .describe("Redis that several processes keep the systems' rate limits at; absent: PostgreSQL does")
    .meta({ secret: true, example: "redis://localhost:6379" }),
  SVYAZ_ROLE: z
    .enum(["all", "chat", "web", "worker"])
    .default("all")
    .describe("What this process does: chat (messengers), web (web hooks, sign-in), worker (jobs), or all; also `svyaz start --role`"),
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
  SVYAZ_READ_ONLY: flag
    .default(false)
    .describe("Pilot mode: Svyaz reads and answers, and refuses every write; also `svyaz start --read-only`"),
  SVYAZ_ACCESS: z
    .string()
    .min(1)
    .optional()
    .describe("File of the access policy; absent: ./access.yaml where there is one, else the standard policy (docs/access.md)")
    .meta({ example: "./access.yaml" }),
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
  SVYAZ_MASKING: z
    .enum(["auto", "on", "off"])
    .default("auto")
    .describe("Keeps personal data from the chat and embedding models: auto does unless OPENAI_BASE_URL is a local address"),
  SVYAZ_MASKING_OPEN: names
    .describe("Systems whose records go to the model as they are, separated by commas")
    .meta({ example: "confluence,onec-erp" }),
  SVYAZ_RETENTION_MESSAGES: days(30, 7).describe("Days that received messages and buttons are kept; 0 keeps them for good"),
  SVYAZ_RETENTION_HISTORY: days(180, 1).describe("Days that conversations are remembered; 0 keeps them for good"),
  SVYAZ_RETENTION_APPROVALS: days(365, 1).describe("Days that a settled card keeps what it showed; 0 keeps it for good"),
  SVYAZ_RETENTION_PICTURES: days(7, 1).describe("Days that charts and spreadsheets of the terminal are kept; 0 keeps them for good"),
  SVYAZ_RETENTION_AUDIT: days(1_095, 30).describe("Days that the audit log keeps the contents of its events; 0 keeps them for good"),
  SVYAZ_TURNS_AT_ONCE: z.coerce
    .number()
    .int()
    .min(1)
    .max(256)
    .default(16)
    .describe("Turns at once; one person gets an eighth of them at most"),
  SVYAZ_DAY_TURNS: z.coerce.number().int().min(1).default(500).describe("Questions of one person in a day; of one chat four times as many"),
  SVYAZ_DAY_CALLS: z.coerce
    .number()
    .int()
    .min(1)
    .default(3_000)
    .describe("Tool calls of one person in a day; of one chat four times as many"),
  SVYAZ_DAY_TOKENS: z.coerce
    .number()
    .int()
    .min(1_000)
    .default(5_000_000)
    .describe("Tokens of one person in a day, in and out; of one chat four times as many"),
  SVYAZ_DAY_COST: z.coerce
    .number()
    .min(0)
    .default(0)
    .describe("Money of one person in a day, of one chat four times as much; 0 means that it is not limited"),
  SVYAZ_PRICE_INPUT: z.coerce.number().min(0).default(0).describe("Price of a million tokens that the chat model reads"),
  SVYAZ_PRICE_OUTPUT: z.coerce.number().min(0).default(0).describe("Price of a million tokens that it writes"),
  SVYAZ_AUDIT_HEADS: z
    .string()
    .min(1)
    .optional()
    .describe(
      "File that signed heads of the audit log are appended to, best on another machine's disk; absent: audit-heads.jsonl in the data folder",
    )
    .meta({ example: "/mnt/audit/heads.jsonl" }),
  SVYAZ_ADMIN_CHAT: z
    .string()
    .regex(/^(telegram|slack):\S+$/, "telegram:<chat id> or slack:<channel id>")
    .optional()
    .describe("The admins' chat: gets alerts and the signed heads of the audit log")
    .meta({ example: "telegram:-1001234567890" }),
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
  ENCRYPTION_KEY: z
    .string()
    .min(1)
    .optional()
    .describe("Key of secrets at rest: 32 random bytes, as `svyaz keys new` prints them")
    .meta({ secret: true }),
  SVYAZ_KEYRING: z
    .string()
    .min(1)
    .optional()
    .describe("File with such keys, one a line, the newest last, mode 0600; needed to change keys")
    .meta({ example: "/etc/svyaz/keyring" }),
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
