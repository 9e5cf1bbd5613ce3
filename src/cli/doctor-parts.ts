import { statfs } from "node:fs/promises";
import type { App } from "../app.js";
import { SystemUnavailable } from "../domain/errors.js";
import { createEmbedder } from "../search/embed.js";
import { formatNumber } from "../text/format.js";
import { texts } from "../text/texts.js";
import { createMailSink } from "../watch/sinks.js";

/** One thing that Svyaz leans on besides the systems, and how to ask whether it is well: what it says, or an error. */
export interface Part {
  readonly name: string;
  /** What an admin does when it is not well. */
  readonly mend: string;
  examine(): Promise<string>;
}

/** Below this much the database is near a stop: a PGlite of a few thousand documents and its log grow by less in a month. */
const leastRoom = 1024 ** 3;
const standardMailPort = 587;

/** What is set, and the folder that is always there. */
export function partsOf(app: App): readonly Part[] {
  const { settings } = app;
  const words = texts(settings.SVYAZ_LANGUAGE).cli;
  const timed = async (what: string, act: () => Promise<unknown>): Promise<string> => {
    const started = performance.now();
    await act();
    return words.answers(what, Math.round(performance.now() - started));
  };
  const { model } = app;
  const { OPENAI_API_KEY: apiKey, OPENAI_BASE_URL: baseUrl, OPENAI_EMBEDDING_MODEL: embedding } = settings;
  const { SMTP_SERVER: host, SMTP_PORT: port = standardMailPort, ALERT_EMAIL: address, EMAIL_PASSWORD: password } = settings;
  return [
    {
      name: "disk",
      mend: words.partMends.disk,
      examine: async () => {
        const { free, total } = await roomIn(app.data);
        const [left, all] = [free, total].map((bytes) => formatNumber(bytes / 1024 ** 3, settings.SVYAZ_LANGUAGE, 1));
        return words.roomLeft(left ?? "", all ?? "", app.data);
      },
    },
    ...(model
      ? [{ name: "model", mend: words.partMends.model, examine: () => timed(settings.OPENAI_MODEL, () => model.invoke("ping")) }]
      : []),
    ...(embedding
      ? [
          {
            name: "embeddings",
            mend: words.partMends.embeddings,
            examine: () => timed(embedding, () => createEmbedder({ apiKey, baseUrl, model: embedding }).embed(["ping"])),
          },
        ]
      : []),
    ...app.channels.flatMap((channel) =>
      channel.check
        ? [
            {
              name: channel.id,
              mend: words.partMends[channel.id] ?? "",
              examine: async () => words.knownAs((await channel.check?.()) ?? ""),
            },
          ]
        : [],
    ),
    ...(host && address
      ? [
          {
            name: "e-mail",
            mend: words.partMends.mail,
            examine: async () => {
              const sink = createMailSink({ host, port, address, password }, settings.SVYAZ_LANGUAGE);
              return timed(`${host}:${port}`, () => sink.check()).finally(() => sink.close());
            },
          },
        ]
      : []),
  ];
}

/** Bytes free to this process and in all on the disk of a folder; throws where fewer than `least` are left. */
export async function roomIn(folder: string, least = leastRoom): Promise<{ readonly free: number; readonly total: number }> {
  const { bavail, blocks, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free < least)
    throw new SystemUnavailable(`the disk of ${folder} has ${Math.floor(free / 1024 ** 2)} MB left`, {
      system: "disk",
      operation: "doctor",
    });
  return { free, total: blocks * bsize };
}
