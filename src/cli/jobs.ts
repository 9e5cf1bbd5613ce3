import { z } from "zod";
import type { App } from "../app.js";
import { NotFound } from "../domain/errors.js";
import { formatMoment } from "../text/format.js";
import { texts } from "../text/texts.js";
import type { Emit } from "./commands.js";

export const jobInputs = {
  "jobs.list": z.object({ json: z.boolean() }),
  "jobs.retry": z.object({ id: z.string().optional() }),
  "jobs.bury": z.object({ id: z.string() }),
};

const Data = z.object({ system: z.string().optional() }).catch({});

/** `svyaz jobs`: what waits and runs, and what has failed for good and waits for an admin. Exit code 1 while something has. */
export const jobHandlers = {
  async "jobs.list"(app: App, { json }: { readonly json: boolean }, emit: Emit): Promise<number> {
    await app.jobs.start({ work: false });
    const [counts, schedules, dead] = await Promise.all([app.jobs.counts(), app.jobs.schedules(), app.jobs.dead()]);
    if (json) {
      for (const one of counts) emit({ json: { type: "kind", ...one } });
      for (const one of schedules) emit({ json: { type: "schedule", ...one } });
      for (const one of dead) emit({ json: { type: "dead", ...one } });
      return dead.length === 0 ? 0 : 1;
    }
    const words = texts(app.settings.SVYAZ_LANGUAGE).jobs;
    for (const { kind, waiting, running } of counts) emit({ text: words.kind(kind, waiting, running) });
    for (const { kind, key, cron, timeZone } of schedules) emit({ text: words.schedule(kind, key, cron, timeZone) });
    if (dead.length === 0) emit({ text: words.noDead });
    for (const { id, kind, data, diedAt, tries, reason } of dead) {
      const at = formatMoment(diedAt, app.settings.SVYAZ_LANGUAGE, app.settings.SVYAZ_TIME_ZONE);
      emit({ text: words.dead(id, [kind, Data.parse(data).system].filter(Boolean).join(" "), at, tries, reason) });
    }
    if (dead.length > 0) emit({ text: words.howTo });
    return dead.length === 0 ? 0 : 1;
  },

  async "jobs.retry"(app: App, { id }: { readonly id?: string }, emit: Emit, user: string): Promise<number> {
    await app.jobs.start({ work: false });
    const dead = await mustBeDead(app, id);
    const revived = await act(app, user, "job.retried", { job: id ?? null }, () => app.jobs.revive(id ? [id] : undefined));
    emit({ text: texts(app.settings.SVYAZ_LANGUAGE).jobs.revived(id ? revived : dead) });
    return 0;
  },

  async "jobs.bury"(app: App, { id }: { readonly id: string }, emit: Emit, user: string): Promise<number> {
    await app.jobs.start({ work: false });
    await mustBeDead(app, id);
    await act(app, user, "job.buried", { job: id }, () => app.jobs.bury([id]));
    emit({ text: texts(app.settings.SVYAZ_LANGUAGE).jobs.buried(id) });
    return 0;
  },
};

async function mustBeDead(app: App, id: string | undefined): Promise<number> {
  const dead = await app.jobs.dead();
  if (id !== undefined && !dead.some((job) => job.id === id))
    throw new NotFound(`no job ${id} has failed for good; see: svyaz jobs`, { operation: "jobs" });
  return dead.length;
}

function act<T>(app: App, user: string, name: string, payload: Record<string, unknown>, run: () => Promise<T>): Promise<T> {
  return app.audit.during({ name, actor: `cli:${user}`, trace: crypto.randomUUID(), payload }, run);
}
