import type { App } from "../app.js";
import { SvyazError } from "../domain/errors.js";
import { errorSentence, texts } from "../text/texts.js";

export interface Finding {
  readonly name: string;
  readonly ok: boolean;
  readonly what: string;
  readonly mend?: string;
}

const checkMs = 20_000;

/** Asks every part whether it is well: the database, the model, every configured system under its own account. */
export async function examine(app: App): Promise<readonly Finding[]> {
  const language = app.settings.SVYAZ_LANGUAGE;
  const words = texts(language).cli;
  const findings: Finding[] = [];
  const look = async (name: string, prefix: string, act: () => Promise<string>): Promise<void> => {
    try {
      findings.push({ name, ok: true, what: await act() });
    } catch (error) {
      const code = error instanceof SvyazError ? error.code : "internal";
      const what = `${errorSentence(error, language)} (${error instanceof Error ? error.message : String(error)})`;
      findings.push({ name, ok: false, what, mend: prefix ? words.mends[code]?.(prefix) : undefined });
    }
  };
  await look("database", "", async () => {
    const { rows } = await app.database.query<{ version: string; vector: string | null }>(
      "select version(), (select extversion from pg_extension where extname = 'vector') as vector",
    );
    return `${app.database.engine}, ${rows[0]?.version.split(" ").slice(0, 2).join(" ")}, pgvector ${rows[0]?.vector ?? "—"}`;
  });
  const { model } = app;
  if (model) {
    await look("model", "", async () => {
      const started = performance.now();
      await model.invoke("ping", { signal: AbortSignal.timeout(checkMs) });
      return words.answers(app.settings.OPENAI_MODEL, Math.round(performance.now() - started));
    });
  }
  await Promise.all(
    app.systems.configured.map(({ system }) =>
      look(system, `${system.toUpperCase().replaceAll("-", "_").replace(".", "__")}_`, async () => {
        const started = performance.now();
        const opened = await app.systems.forSvyaz(system);
        await opened.check(AbortSignal.timeout(checkMs));
        return words.answers(opened.title, Math.round(performance.now() - started));
      }),
    ),
  );
  return findings;
}
