import { z } from "zod";
import type { App } from "../app.js";
import { NotFound } from "../domain/errors.js";
import { createSecret } from "../guard/secret.js";
import { hideSecret } from "../platform/redact.js";
import { formatMoment } from "../text/format.js";
import { texts } from "../text/texts.js";
import type { Emit } from "./commands.js";

const longest = 64 * 1024;

export const keyInputs = {
  "keys.list": z.object({ json: z.boolean() }),
  "keys.rotate": z.object({}),
  "keys.retire": z.object({ id: z.string() }),
  "secret.set": z.object({
    system: z.string(),
    name: z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, "a name of letters, digits and underscores, for example TOKEN"),
    person: z.string().optional(),
    value: z.string().min(1, "a value; nothing came").max(longest),
  }),
  "secret.list": z.object({ json: z.boolean() }),
  "secret.remove": z.object({ system: z.string(), name: z.string(), person: z.string().optional() }),
};

type Inputs = typeof keyInputs;

/** `svyaz keys` and `svyaz secret`: no value is ever printed, logged or audited. */
export const keyHandlers: {
  readonly [Name in keyof Inputs]: (app: App, args: z.infer<Inputs[Name]>, emit: Emit, user: string) => Promise<number>;
} = {
  async "keys.list"(app, { json }, emit) {
    const secrets = await app.vault.list();
    const listed = app.keyring.list();
    for (const [at, { id, from }] of listed.entries()) {
      const inUse = secrets.filter(({ keyId }) => keyId === id).length;
      const newest = at === listed.length - 1 && app.keyring.refusal === undefined;
      if (json) emit({ json: { id, from, newest, secrets: inUse } });
      else emit({ text: words(app).key(id, from, inUse, newest) });
    }
    if (app.keyring.refusal !== undefined && !json) emit({ text: app.keyring.refusal });
    return 0;
  },

  async "keys.rotate"(app, _, emit, user) {
    const { rewritten } = await act(app, user, "keys.rotated", {}, () =>
      app.vault.rotate({ onBatch: ({ rewritten: done, left }) => emit({ step: `${done}/${done + left}` }) }),
    );
    emit({ text: words(app).rotated(rewritten, app.keyring.newest().id) });
    return 0;
  },

  async "keys.retire"(app, { id }, emit, user) {
    await act(app, user, "key.retired", { key: id }, () => app.vault.retire(id));
    emit({ text: words(app).retired(id) });
    return 0;
  },

  async "secret.set"(app, { system, name, person, value }, emit, user) {
    hideSecret(value);
    const definition = app.systems.configured.find((one) => one.system === system)?.definition;
    if (!definition) {
      const all = app.systems.configured.map((one) => one.system).join(", ");
      throw new NotFound(`${system} is not configured; there are: ${all}`, { system, operation: "secret.set" });
    }
    if (person !== undefined && !(await app.people.find(person)))
      throw new NotFound(texts(app.settings.SVYAZ_LANGUAGE).cli.unknownPerson(person), { operation: "secret.set" });
    await act(app, user, "secret.set", { system, name, person: person ?? null }, () =>
      app.vault.of({ system, person }).update(name, async () => createSecret(value)),
    );
    emit({ text: words(app).secretSet(system, name, person) });
    const asked = definition.signIn.flatMap((way) => (way.kind === "secret" ? way.names : []));
    if (asked.length > 0 && !asked.includes(name)) emit({ text: words(app).secretUnasked(system, asked.join(", ")) });
    return 0;
  },

  async "secret.list"(app, { json }, emit) {
    const secrets = await app.vault.list();
    for (const { system, person, name, keyId, updatedAt } of secrets) {
      if (json) emit({ json: { system, person, name, key: keyId, updatedAt } });
      else {
        const since = formatMoment(updatedAt, app.settings.SVYAZ_LANGUAGE, app.settings.SVYAZ_TIME_ZONE);
        emit({ text: `${system.padEnd(16)} ${name.padEnd(20)} ${(person ?? "—").padEnd(16)} ${keyId.padEnd(12)} ${since}` });
      }
    }
    if (secrets.length === 0 && !json) emit({ text: words(app).noSecrets });
    return 0;
  },

  async "secret.remove"(app, { system, name, person }, emit, user) {
    const known = (await app.vault.list()).some((one) => one.system === system && one.name === name && one.person === person);
    const stored = app.vault.of({ system, person });
    // What only the environment has is refused by the vault in its own words.
    if (!known && !(await stored.get(name)))
      throw new NotFound(words(app).noSuchSecret(system, name, person), { system, operation: "secret.remove" });
    await act(app, user, "secret.removed", { system, name, person: person ?? null }, () => stored.remove(name));
    emit({ text: words(app).secretRemoved(system, name, person) });
    return 0;
  },
};

function act<T>(app: App, user: string, name: string, payload: Record<string, unknown>, run: () => Promise<T>): Promise<T> {
  return app.audit.during({ name, actor: `cli:${user}`, trace: crypto.randomUUID(), payload }, run);
}

function words(app: App) {
  return texts(app.settings.SVYAZ_LANGUAGE).vault;
}
