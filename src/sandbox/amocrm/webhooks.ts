import type { Route } from "../http.js";
import { branchOf, textOf } from "../query.js";
import { type Call, EMPTY, forbidden, found, missing } from "./answers.js";
import { anything, checkedOne, list, oneOf, type Rule, shape, whole } from "./checks.js";
import { HOOK_SETTINGS } from "./hooks.js";
import type { WebhookRow } from "./store.js";

/** Registration of receivers; an account admin's business. A destination is registered once, a second time changes its settings. */
export const WEBHOOK_ROUTES: readonly Route<Call>[] = [
  {
    method: "GET",
    pattern: "/api/v4/webhooks",
    run: (request, _params, call) => {
      onlyAdmin(call);
      const destination = textOf(branchOf(request.query, "filter"), "destination");
      const hooks = call.store.all("webhooks").filter((hook) => destination === undefined || hook.destination === destination);
      return hooks.length === 0 ? EMPTY : found({ _total_items: hooks.length, _embedded: { webhooks: hooks } });
    },
  },
  {
    method: "POST",
    pattern: "/api/v4/webhooks",
    run: (request, _params, call) => {
      onlyAdmin(call);
      const body = checkedOne(
        request.json(),
        shape({ destination: address, settings: list(oneOf(HOOK_SETTINGS)), sort: whole(0), request_id: anything }, [
          "destination",
          "settings",
        ]),
      );
      const known = byDestination(call, body["destination"]);
      const hook: WebhookRow = {
        id: known?.id ?? call.store.nextId("webhooks"),
        destination: body["destination"] as string,
        created_by: known?.created_by ?? call.caller.id,
        created_at: known?.created_at ?? call.now,
        updated_at: call.now,
        sort: (body["sort"] as number | undefined) ?? known?.sort ?? 1,
        disabled: false,
        settings: body["settings"] as string[],
      };
      call.store.put("webhooks", hook);
      return found(hook, 201);
    },
  },
  {
    method: "DELETE",
    pattern: "/api/v4/webhooks",
    run: (request, _params, call) => {
      onlyAdmin(call);
      const body = checkedOne(request.json(), shape({ destination: anything }, ["destination"]));
      const known = byDestination(call, body["destination"]);
      if (!known) throw missing();
      call.store.remove("webhooks", known.id);
      return EMPTY;
    },
  },
];

const address: Rule = (value, path, flaws) => {
  if (typeof value !== "string" || !URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
    flaws.push({ code: "InvalidType", path, detail: "This value is not a valid URL." });
  }
};

function byDestination(call: Call, destination: unknown): WebhookRow | undefined {
  return call.store.all("webhooks").find((hook) => hook.destination === destination);
}

function onlyAdmin(call: Call): void {
  if (!call.caller.is_admin) throw forbidden();
}
