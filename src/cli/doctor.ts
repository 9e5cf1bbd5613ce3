import type { App } from "../app.js";
import { variableOf } from "../connectors/kit/define.js";
import { SecretUnreadable, SvyazError, SystemUnavailable } from "../domain/errors.js";
import { errorSentence, texts } from "../text/texts.js";
import { examinePolicy } from "./access.js";
import { partsOf } from "./doctor-parts.js";

export interface Finding {
  readonly name: string;
  readonly ok: boolean;
  readonly what: string;
  readonly mend?: string;
}

const checkMs = 20_000;

/** Asks every part whether it is well: what Svyaz itself stands on, the channels, every configured system under its own account. */
export async function examine(app: App): Promise<readonly Finding[]> {
  const language = app.settings.SVYAZ_LANGUAGE;
  const words = texts(language).cli;
  const findings: Finding[] = [];
  const look = async (name: string, mend: string | ((code: string) => string | undefined), act: () => Promise<string>): Promise<void> => {
    try {
      findings.push({ name, ok: true, what: await act() });
    } catch (error) {
      const code = error instanceof SvyazError ? error.code : "internal";
      const [message] = (error instanceof Error ? error.message : String(error)).split("\n");
      // What is none of our errors comes from a library that has called the outside: its own words say more than "internal".
      const what = error instanceof SvyazError ? `${errorSentence(error, language)} (${message})` : (message ?? "");
      findings.push({ name, ok: false, what, mend: (typeof mend === "string" ? mend : mend(code)) || undefined });
    }
  };
  await look("database", words.partMends.database, async () => {
    const { rows } = await app.database.query<{ version: string; vector: string | null }>(
      "select version(), (select extversion from pg_extension where extname = 'vector') as vector",
    );
    return `${app.database.engine}, ${rows[0]?.version.split(" ").slice(0, 2).join(" ")}, pgvector ${rows[0]?.vector ?? "—"}`;
  });
  const vaultWords = texts(language).vault;
  await look("encryption", words.partMends.encryption, async () => {
    const secrets = await app.vault.list();
    for (const { system, name, keyId } of secrets)
      if (!(await app.keyring.find(keyId)))
        throw new SecretUnreadable(`${system} ${name}: its key ${keyId} is not in the keyring`, { system, operation: "doctor" });
    const { id } = app.keyring.newest();
    return vaultWords.encryption(id, app.keyring.list().find((key) => key.id === id)?.from ?? "", secrets.length);
  });
  const named = app.systems.configured.flatMap(({ system, definition }) =>
    definition.signIn.flatMap((way) => (way.kind === "secret" ? way.names.map((name) => ({ system, name })) : [])),
  );
  await look("mode", "", async () => (app.settings.SVYAZ_READ_ONLY ? words.pilotOn : words.writesOn));
  await look("access", "", () => examinePolicy(app));
  await look("secrets", "", async () => {
    const lines = await Promise.all(
      named.map(async ({ system, name }) => {
        const source = await app.vault.sourceOf(system, name);
        return source ? [`${system} ${name}: ${vaultWords.sources[source] ?? source}`] : [];
      }),
    );
    return lines.flat().join("; ") || "—";
  });
  await Promise.all([
    ...partsOf(app).map((part) => look(part.name, part.mend, () => inTime(part.name, () => part.examine()))),
    ...app.systems.configured.map(({ system }) =>
      look(
        system,
        (code) => words.mends[code]?.(variableOf(system, "")),
        async () => {
          const started = performance.now();
          const opened = await app.systems.forSvyaz(system);
          await opened.check(AbortSignal.timeout(checkMs));
          return words.answers(opened.title, Math.round(performance.now() - started));
        },
      ),
    ),
  ]);
  for (const { system, person } of await app.signIns.toReconnect()) {
    const mend = person === undefined ? `svyaz connect ${system}` : `/connect ${system} (${person})`;
    findings.push({ name: system, ok: false, what: texts(language).connect.needsAgain(person), mend });
  }
  return findings;
}

/** Nobody waits for what does not answer: not every client has a time limit as short as an admin's patience. */
async function inTime<T>(system: string, act: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new SystemUnavailable(`${system}: no answer within ${checkMs / 1_000} s`, { system, operation: "doctor" });
    timer = setTimeout(() => reject(error), checkMs);
  });
  return Promise.race([act(), late]).finally(() => clearTimeout(timer));
}
