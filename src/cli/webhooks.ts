import { z } from "zod";
import type { App } from "../app.js";
import { NotFound, RequestRefused } from "../domain/errors.js";
import type { WebhookSource } from "../domain/webhook.js";
import { texts } from "../text/texts.js";
import type { Emit } from "./commands.js";

const OneSystem = z.object({ system: z.string() });

export const webhookInputs = {
  "webhooks.register": OneSystem,
  "webhooks.list": z.object({ system: z.string(), json: z.boolean() }),
  "webhooks.remove": z.object({ system: z.string(), id: z.string().optional() }),
};

/** `svyaz webhooks`: the web hooks that call us, at the vendors whose API manages them; for the others the address to enter by hand. */
export const webhookHandlers = {
  async "webhooks.register"(app: App, { system }: { readonly system: string }, emit: Emit, user: string): Promise<number> {
    const words = texts(app.settings.SVYAZ_LANGUAGE).webhooks;
    const hooks = await hooksOf(app, system, user);
    const url = await app.webhooks.address(system, publicUrl(app));
    if (!hooks.register) {
      emit({ text: words.byHand(system, url) });
      return 0;
    }
    const known = await hooks.list?.();
    await hooks.register(url);
    emit({ text: known?.some((hook) => hook.url === url) ? words.renewed(system) : words.registered(system, hide(url)) });
    return 0;
  },

  async "webhooks.list"(
    app: App,
    { system, json }: { readonly system: string; readonly json: boolean },
    emit: Emit,
    user: string,
  ): Promise<number> {
    const words = texts(app.settings.SVYAZ_LANGUAGE).webhooks;
    const hooks = await hooksOf(app, system, user);
    if (!hooks.list) throw new RequestRefused(words.noList(system), { system, operation: "webhooks.list" });
    const ours = await app.webhooks.address(system, app.publicUrl());
    const found = await hooks.list();
    for (const { id, url } of found) {
      // Others' addresses may hold secrets of theirs; ours does.
      if (json) emit({ json: { id, url: hide(url), own: url === ours } });
      else emit({ text: `${url === ours ? "→" : " "} ${id.padEnd(10)} ${hide(url)}` });
    }
    if (!json && found.length === 0) emit({ text: words.none(system) });
    return 0;
  },

  async "webhooks.remove"(
    app: App,
    { system, id }: { readonly system: string; readonly id?: string },
    emit: Emit,
    user: string,
  ): Promise<number> {
    const words = texts(app.settings.SVYAZ_LANGUAGE).webhooks;
    const hooks = await hooksOf(app, system, user);
    if (!hooks.list || !hooks.remove) throw new RequestRefused(words.noList(system), { system, operation: "webhooks.remove" });
    const ours = await app.webhooks.address(system, app.publicUrl());
    const own = id ?? (await hooks.list()).find(({ url }) => url === ours)?.id;
    if (own === undefined) throw new NotFound(words.notOurs(system), { system, operation: "webhooks.remove" });
    await hooks.remove(own);
    emit({ text: words.removed(system, own) });
    return 0;
  },
};

async function hooksOf(app: App, system: string, user: string): Promise<WebhookSource> {
  const all = app.systems.configured.map((one) => one.system);
  if (!all.includes(system))
    throw new NotFound(`${system} is not configured; there are: ${all.join(", ")}`, { system, operation: "webhooks" });
  const { webhook } = await app.systems.forSvyaz(system, { actor: `cli:${user}` });
  if (!webhook) throw new RequestRefused(texts(app.settings.SVYAZ_LANGUAGE).webhooks.takesNone(system), { system, operation: "webhooks" });
  return webhook;
}

/** A vendor can call only an address that the world knows. */
function publicUrl(app: App): string {
  const url = app.settings.SVYAZ_PUBLIC_URL;
  if (!url) throw new RequestRefused(texts(app.settings.SVYAZ_LANGUAGE).webhooks.needsUrl, { operation: "webhooks.register" });
  return url;
}

/** Without the last part of the path, where the secret is. */
function hide(url: string): string {
  return url.replace(/\/[^/]*$/, "/…");
}
