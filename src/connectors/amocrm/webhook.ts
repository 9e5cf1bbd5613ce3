import { z } from "zod";
import type { Http } from "../../domain/connector.js";
import type { EntityRef } from "../../domain/entity.js";
import { NotFound, RequestRefused } from "../../domain/errors.js";
import type { WebhookSource } from "../../domain/webhook.js";
import { Webhook, Webhooks } from "./answers.js";
import { dealRef } from "./directory.js";
import { clientRef, noteRef } from "./map.js";
import type { Reader } from "./reading.js";

/** What an account is asked to tell us of. */
const leadHooks = ["add_lead", "update_lead", "status_lead", "delete_lead", "restore_lead", "responsible_lead", "note_lead"];
const clientHooks = ["add_contact", "update_contact", "delete_contact", "add_company", "update_company", "delete_company"];
const settings = [...leadHooks, ...clientHooks, "add_task", "update_task", "delete_task"];

/**
 * amoCRM signs nothing: the path's secret keeps strangers out, and what a hook names is only a hint to read it again.
 * Bodies are forms with PHP's nested keys, several things in one, sometimes with a broken key among them.
 */
export function createWebhook({
  http,
  reader,
  system,
  baseUrl,
}: {
  http: Http;
  reader: Reader;
  system: string;
  baseUrl: string;
}): WebhookSource {
  const list = async () => (await reader.all("/webhooks", Webhooks)).map((hook) => ({ id: hook.id, url: hook.destination }));
  return {
    async read({ body }) {
      const pairs = [...new URLSearchParams(new TextDecoder().decode(body))];
      const subdomain = pairs.find(([key]) => key === "account[subdomain]")?.[1];
      const own = new URL(baseUrl).hostname.split(".");
      // A local address has no account in its name.
      if (own.length > 2 && !own.every((part) => /^\d+$/.test(part)) && subdomain !== own[0]) {
        throw new RequestRefused(`${system}: a web hook of another account`, { system, operation: "webhook.read" });
      }
      return refsOf(system, pairs);
    },
    async register(url) {
      await http.request({
        method: "POST",
        path: "/api/v4/webhooks",
        body: { json: { destination: url, settings, sort: 10 } },
        answer: Webhook,
      });
    },
    list,
    async remove(id) {
      const hook = (await list()).find((one) => one.id === id);
      if (!hook) throw new NotFound(`${system}: there is no web hook ${id}`, { system });
      await http.request({ method: "DELETE", path: "/api/v4/webhooks", body: { json: { destination: hook.url } }, answer: z.unknown() });
    },
  };
}

/** "leads[status][0][id]" → leads, status, 0, [id]. */
const key = /^(\w+)\[(\w+)\]\[(\d+)\]((?:\[\w+\])*)$/;

function refsOf(system: string, pairs: readonly (readonly [string, string])[]): readonly EntityRef[] {
  const things = new Map<string, { readonly what: string; readonly action: string; readonly values: Map<string, string> }>();
  for (const [name, value] of pairs) {
    const [, what, action, index, rest = ""] = key.exec(name) ?? [];
    if (what === undefined || action === undefined) continue;
    const id = `${what} ${action} ${index}`;
    const thing = things.get(id) ?? { what, action, values: new Map<string, string>() };
    thing.values.set(rest, value);
    things.set(id, thing);
  }
  const refs = [...things.values()].flatMap(({ what, action, values }) => refOf(system, what, action, values));
  return [...new Map(refs.map((ref) => [`${ref.kind} ${ref.id}`, ref])).values()];
}

function refOf(system: string, what: string, action: string, values: ReadonlyMap<string, string>): readonly EntityRef[] {
  const number = (name: string) => {
    const value = values.get(name);
    return value !== undefined && /^\d{1,18}$/.test(value) ? value : undefined;
  };
  if (action === "note") {
    const path = ({ 1: "contacts", 2: "leads", 3: "companies" } as const)[
      values.get("[note][element_type]") ?? values.get("[element_type]") ?? ""
    ];
    const id = number("[note][id]") ?? number("[id]");
    return path && id ? [noteRef(system, path, id)] : [];
  }
  if (what === "unsorted") {
    const lead = number("[lead_id]") ?? number("[data][leads][0][id]");
    return lead ? [dealRef(system, lead)] : [];
  }
  const id = number("[id]");
  if (id === undefined) return [];
  if (what === "leads") return [dealRef(system, id)];
  if (what === "task") return [{ system, kind: "task", id }];
  if (what === "companies") return [clientRef(system, "companies", id)];
  return what === "contacts" ? [clientRef(system, values.get("[type]") === "company" ? "companies" : "contacts", id)] : [];
}
