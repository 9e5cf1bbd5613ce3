import type { AnalyticsConnector } from "../../domain/analytics.js";
import type { Approved } from "../../domain/approval.js";
import type { DocumentCard, DocumentConnector } from "../../domain/documents.js";
import type { ErpConnector, PlanDraft } from "../../domain/erp.js";
import { NotFound } from "../../domain/errors.js";
import type { Listing } from "../../domain/listing.js";
import type { Survey } from "../../domain/survey.js";
import type { SyncSource } from "../../domain/sync.js";
import type { WebhookSource } from "../../domain/webhook.js";
import type { Gate, Source, View } from "./gate.js";

/** An ERP behind the gate. Figures have no owner: they are for those who may see all of them. */
export function guardErp(erp: ErpConnector, gate: Gate): ErpConnector {
  const reading = (name: string, given?: unknown) => ({ family: "erp", name: `erp.${name}.read`, given, whole: true }) as const;
  const processes = erp.processes?.bind(erp);
  const stock = erp.stock?.bind(erp);
  const account = erp.account?.bind(erp);
  const plan = erp.plan?.bind(erp);
  const updatePlan = erp.updatePlan?.bind(erp);
  const written = erp.written?.bind(erp);
  return {
    measures: () => gate.read({ family: "erp", name: "erp.measures.read" }, () => erp.measures()),
    members: (split, text) => gate.read(reading("members", { split, text }), () => erp.members(split, text)),
    series: (query) => gate.read(reading("series", query), () => erp.series(query)),
    rows: (query) =>
      gate.list(
        reading("rows", query),
        once(() => erp.rows(query)),
      ),
    ...(processes && {
      processes: (query: Parameters<typeof processes>[0]) =>
        gate.list(
          reading("processes", query),
          once(() => processes(query)),
        ),
    }),
    ...(stock && {
      stock: (query: Parameters<typeof stock>[0]) =>
        gate.list(
          reading("stock", query),
          once(() => stock(query)),
        ),
    }),
    ...(account && {
      account: (client: Parameters<typeof account>[0]) => gate.read(reading("account", client), () => account(client)),
    }),
    ...(plan && {
      plan: (query: Parameters<typeof plan>[0]) => gate.read(reading("plan", query), () => plan(query)),
    }),
    ...(updatePlan && {
      updatePlan: (approved: Approved<PlanDraft>) =>
        gate.write({ family: "erp", name: "plan.updated", verb: "create", kind: "plan", approved, whole: true }, () =>
          updatePlan(approved),
        ),
    }),
    ...(written && {
      written: (what: "plan", approved: Approved<unknown>) =>
        gate.read({ family: "erp", name: "erp.write.looked-up", given: approved.approval, approved }, () => written(what, approved)),
    }),
  };
}

/** Documents behind the gate: told to those whom their audience lets in, title and existence included. */
export function guardDocuments(documents: DocumentConnector, gate: Gate, system: string): DocumentConnector {
  const reading = (name: string) => ({ family: "documents", name: `documents.${name}.read` }) as const;

  /** Whose rights the system keeps to itself is asked under the reader's own sign-in; a service account's answer would be its own rights. */
  async function admitted(view: View, cards: readonly DocumentCard[]): Promise<readonly DocumentCard[]> {
    const asked = view.ownSignIn ? cards.filter(({ readers }) => readers === "ask").map(({ ref }) => ref.id) : [];
    const open = new Set(asked.length === 0 ? [] : await documents.readable(asked));
    return cards.filter(({ readers, ref }) => view.reads(readers) || open.has(ref.id));
  }

  return {
    search: (query) =>
      gate.list({ ...reading("cards"), given: query }, (view) => ({
        items: documents.search(query),
        keep: (cards) => admitted(view, cards),
      })),
    read: (id) =>
      gate.read({ ...reading("text"), subject: { kind: "document", id } }, async (view) => {
        const text = await documents.read(id);
        const open = await admitted(view, [text.card, ...text.attachments]);
        if (!open.includes(text.card)) throw new NotFound(`${system}: there is no document ${id}`, { system });
        return { ...text, attachments: text.attachments.filter((card) => open.includes(card)) };
      }),
    readable: (ids) =>
      gate.read({ ...reading("rights"), given: ids }, async (view) => (view.ownSignIn || view.reads("ask") ? documents.readable(ids) : [])),
  };
}

/** Databases and dashboards behind the gate: what a query returns has no owner. */
export function guardAnalytics(analytics: AnalyticsConnector, gate: Gate): AnalyticsConnector {
  const reading = (name: string, given?: unknown) => ({ family: "analytics", name: `analytics.${name}.read`, given, whole: true }) as const;
  const dashboards = analytics.dashboards?.bind(analytics);
  const picture = analytics.picture?.bind(analytics);
  return {
    datasets: (query) =>
      gate.list(
        reading("datasets", query),
        once(() => analytics.datasets(query)),
      ),
    describe: (id) => gate.read(reading("dataset", id), () => analytics.describe(id)),
    query: (query) => gate.read(reading("rows", { text: query.text, parameters: query.parameters }), () => analytics.query(query)),
    ...(dashboards && {
      dashboards: (query: Parameters<typeof dashboards>[0]) =>
        gate.list(
          reading("dashboards", query),
          once(() => dashboards(query)),
        ),
    }),
    ...(picture && {
      picture: (dashboard: string, signal: AbortSignal) => gate.read(reading("picture", dashboard), () => picture(dashboard, signal)),
    }),
  };
}

/** Changes for the mirror, read by Svyaz itself. */
export function guardSync(sync: SyncSource, gate: Gate): SyncSource {
  const count = sync.count?.bind(sync);
  const memberships = sync.memberships?.bind(sync);
  const audiences = sync.audiences?.bind(sync);
  const named = (name: string, given?: unknown) => ({ family: "crm", name: `sync.${name}.read`, given }) as const;
  return {
    kinds: sync.kinds,
    changes: (request) => gate.stream(named("changes", { kind: request.kind, mode: request.mode }), () => sync.changes(request)),
    fetch: (refs) => gate.read(named("things", refs), () => sync.fetch(refs)),
    ...(count && { count: (kind: string) => gate.read(named("count", kind), () => count(kind)) }),
    ...(audiences && {
      audiences: (signal: AbortSignal) => gate.stream(named("audiences"), () => audiences(signal)),
    }),
    ...(memberships && {
      memberships: (signal: AbortSignal) => gate.stream(named("memberships"), () => memberships(signal)),
    }),
  };
}

/** What the system is, asked by Svyaz for an admin: one row for all that it takes. */
export function guardSurvey(survey: (signal: AbortSignal) => Promise<Survey>, gate: Gate): (signal: AbortSignal) => Promise<Survey> {
  return (signal) => gate.read({ family: "crm", name: "system.surveyed" }, () => survey(signal));
}

/** Reading a hook calls nobody and is only carried; what changes the vendor's list of hooks is noted. */
export function guardWebhook(webhook: WebhookSource, gate: Gate): WebhookSource {
  const register = webhook.register?.bind(webhook);
  const list = webhook.list?.bind(webhook);
  const remove = webhook.remove?.bind(webhook);
  const named = (name: string) => ({ family: "crm", name }) as const;
  return {
    read: (request) => gate.carry(() => webhook.read(request)),
    ...(register && { register: (url: string) => gate.read({ ...named("webhook.registered"), changes: true }, () => register(url)) }),
    ...(list && { list: () => gate.read(named("webhooks.read"), () => list()) }),
    ...(remove && { remove: (id: string) => gate.read({ ...named("webhook.removed"), changes: true }, () => remove(id)) }),
  };
}

/** The list is made once, so that it may remember between its pages what it has read. */
function once<T>(make: () => Listing<T>): () => Source<T> {
  let items: Listing<T> | undefined;
  return () => ({ items: (items ??= make()), keep: (found) => found });
}
