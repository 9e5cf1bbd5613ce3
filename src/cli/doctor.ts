import type { App } from "../app.js";
import { SvyazError } from "../domain/errors.js";
import { errorSentence } from "../text/texts.js";

export interface Finding {
  readonly name: string;
  readonly ok: boolean;
  readonly what: string;
  readonly mend?: string;
}

const checkMs = 20_000;

/** What to do about each kind of trouble; for the admin, in English like the log. */
const mends: Readonly<Record<string, (prefix: string) => string>> = {
  "sign-in-needed": (prefix) => `make a new token in the system and set ${prefix}… in .env`,
  "access-denied": () => "the token lacks rights: give its account the ones that docs/connectors.md lists",
  "not-found": (prefix) => `check ${prefix}BASE_URL: the address answers, but not like this system`,
  "answer-unexpected": (prefix) => `check ${prefix}BASE_URL: something else answers there (a login page, a proxy, another version)`,
  "system-unavailable": (prefix) => `check that this machine reaches the address in ${prefix}BASE_URL (DNS, firewall, VPN)`,
  "too-many-requests": () => "wait a minute; if it stays, something else uses the same account's limit",
};

/** Asks every part whether it is well: the database, the model, every configured system under its own account. */
export async function examine(app: App): Promise<readonly Finding[]> {
  const language = app.settings.SVYAZ_LANGUAGE;
  const findings: Finding[] = [];
  const look = async (name: string, prefix: string, act: () => Promise<string>): Promise<void> => {
    try {
      findings.push({ name, ok: true, what: await act() });
    } catch (error) {
      const code = error instanceof SvyazError ? error.code : "internal";
      const what = `${errorSentence(error, language)} (${error instanceof Error ? error.message : String(error)})`;
      findings.push({ name, ok: false, what, mend: mends[code]?.(prefix) });
    }
  };
  await look("database", "", async () => {
    const { rows } = await app.database.query<{ version: string; vector: string | null }>(
      "select version(), (select extversion from pg_extension where extname = 'vector') as vector",
    );
    return `${app.database.engine}, ${rows[0]?.version.split(" ").slice(0, 2).join(" ")}, pgvector ${rows[0]?.vector ?? "absent"}`;
  });
  await Promise.all(
    app.systems.configured.map(({ system }) =>
      look(system, `${system.toUpperCase().replaceAll("-", "_").replace(".", "__")}_`, async () => {
        const started = performance.now();
        const opened = await app.systems.forSvyaz(system);
        await opened.check(AbortSignal.timeout(checkMs));
        return `${opened.title} answers, ${Math.round(performance.now() - started)} ms`;
      }),
    ),
  );
  return findings;
}
