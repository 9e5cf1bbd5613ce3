import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createAccount } from "./amocrm/account.js";
import { type AmocrmSandbox, startAmocrm } from "./amocrm/index.js";
import { createCompany, type Employee } from "./company.js";
import { type ConfluenceServer, SERVICE_ACCOUNT, startConfluence } from "./confluence/index.js";
import { fixAnchor } from "./journal.js";
import { createLibrary } from "./library.js";
import { type OnecErpServer, startOnecErp } from "./onec-erp/index.js";
import { createSales } from "./sales.js";

export interface SandboxPerson {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: Employee["role"];
  /** The person's own user in each system. */
  readonly links: readonly { readonly system: string; readonly principal: string }[];
}

/** The invented company with its systems running. */
export interface Sandbox {
  readonly people: readonly SandboxPerson[];
  /** The variables that connect Svyaz to it, secrets included. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** The sandbox in this very thread. */
export interface LocalSandbox extends Sandbox {
  /** For tests: their stores, and the faults they may be told to have. */
  readonly servers: { readonly amocrm: AmocrmSandbox; readonly onecErp: OnecErpServer; readonly confluence: ConfluenceServer };
}

/** What stays the same from start to start, so that links keep working: ports and tokens. */
interface Kept {
  readonly ports: Readonly<Record<string, number>>;
  readonly tokens: Readonly<Record<string, string>>;
}

const systems = ["amocrm", "onec-erp", "confluence"] as const;
const userOf1c = "Робот Связь";

/** Starts the company's systems on loopback; their state lives in `folder` and their data's last day is that of the first start. */
export async function startSandbox({
  folder,
  now,
  control,
  perSecond = 7,
}: {
  readonly folder: string;
  readonly now: () => Date;
  readonly control?: boolean;
  /** How much the CRM answers; the vendor's limit unless a test is in a hurry. */
  readonly perSecond?: number;
}): Promise<LocalSandbox> {
  mkdirSync(folder, { recursive: true });
  const { seed, anchor } = fixAnchor(folder, { seed: "svyaz", anchor: moscowDay(now()) });
  const kept = readKept(folder);
  const company = createCompany({ seed, anchor });
  const token = (system: string) => kept.tokens[system] ?? randomBytes(24).toString("base64url");
  const tokens = Object.fromEntries(systems.map((system) => [system, token(system)]));
  const clientSecret = token("amocrm-app");
  // Svyaz may come up on any port of this machine.
  const redirects = (uri: string) => /^http:\/\/(127\.0\.0\.1|localhost)(:\d+)?\/oauth\/amocrm$/.test(uri);
  const app = { clientId: "svyaz-sandbox", clientSecret, redirects };
  const amocrm = await onPort(kept.ports.amocrm, (port) =>
    startAmocrm({ company, dir: folder, port, token: tokens.amocrm ?? "", app, perSecond, control, now }),
  );
  const onecErp = await onPort(kept.ports["onec-erp"], (port) =>
    startOnecErp({
      company,
      sales: () => createSales(company),
      dir: folder,
      port,
      user: userOf1c,
      password: tokens["onec-erp"] ?? "",
      control,
      now,
    }),
  );
  const confluence = await onPort(kept.ports.confluence, (port) =>
    startConfluence({
      company,
      library: createLibrary(company),
      edition: "data-center",
      dir: folder,
      port,
      tokens: { [SERVICE_ACCOUNT]: tokens.confluence ?? "" },
      control,
      now,
    }),
  );
  const ports = { amocrm: portOf(amocrm.url), "onec-erp": portOf(onecErp.url), confluence: portOf(confluence.url) };
  writeFileSync(join(folder, "servers.json"), JSON.stringify({ ports, tokens: { ...tokens, "amocrm-app": clientSecret } } satisfies Kept), {
    mode: 0o600,
  });

  const amocrmUsers = createAccount(company).users;
  return {
    people: company.employees.map(({ id, name, email, role }) => ({
      id,
      name,
      email,
      role,
      links: [
        { system: "amocrm", principal: `amocrm:user:${amocrmUsers.find((user) => user.email === email)?.id}` },
        { system: "confluence", principal: `confluence:user:${id}` },
      ],
    })),
    environment: {
      AMOCRM_BASE_URL: amocrm.url,
      AMOCRM_TOKEN: tokens.amocrm ?? "",
      AMOCRM_CLIENT_ID: app.clientId,
      AMOCRM_CLIENT_SECRET: clientSecret,
      // Nobody else uses the account.
      AMOCRM_REQUESTS_PER_SECOND: String(perSecond - 0.5),
      ONEC_ERP_BASE_URL: onecErp.url,
      ONEC_ERP_USER: userOf1c,
      ONEC_ERP_PASSWORD: tokens["onec-erp"] ?? "",
      CONFLUENCE_BASE_URL: confluence.url,
      CONFLUENCE_TOKEN: tokens.confluence ?? "",
    },
    servers: { amocrm, onecErp, confluence },
    async close() {
      await Promise.all([amocrm.close(), onecErp.close(), confluence.close()]);
    },
  };
}

/** `svyaz sandbox serve`: the systems as a process of their own, until a signal. */
export async function serveSandbox({
  folder,
  now,
  control,
}: {
  readonly folder: string;
  readonly now?: Date;
  readonly control: boolean;
}): Promise<void> {
  const begun = performance.now();
  const clock = now ? () => new Date(now.getTime() + performance.now() - begun) : () => new Date();
  const sandbox = await startSandbox({ folder, now: clock, control });
  for (const [name, value] of Object.entries(sandbox.environment)) process.stdout.write(`${name}=${value}\n`);
  process.stdout.write("# ready; Ctrl-C stops\n");
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
  await sandbox.close();
}

async function onPort<T>(wanted: number | undefined, start: (port: number) => Promise<T>): Promise<T> {
  try {
    return await start(wanted ?? 0);
  } catch (error) {
    // Somebody else took the port meanwhile: a new one costs only old links.
    if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") return start(0);
    throw error;
  }
}

function readKept(folder: string): Kept {
  const path = join(folder, "servers.json");
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Kept) : { ports: {}, tokens: {} };
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}

function moscowDay(at: Date): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Moscow" }).format(at);
}
