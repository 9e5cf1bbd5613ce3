import { z } from "zod";
import type { App } from "../app.js";
import type { Findings } from "../guard/personal-data.js";
import { texts } from "../text/texts.js";
import type { Emit } from "./commands.js";

const Values = z.array(z.string().trim().min(1).max(200)).min(1).max(20);
const shownRefs = 20;

export const piiInputs = {
  "pii.find": z.object({ values: Values, json: z.boolean() }),
  "pii.erase": z.object({ values: Values }),
  "pii.purge": z.object({}),
};

type Inputs = typeof piiInputs;

/** `svyaz pii`: where a person's data stand, erasing them, and the purge of the night by hand. No value is printed, logged or audited. */
export const piiHandlers: {
  readonly [Name in keyof Inputs]: (app: App, args: z.infer<Inputs[Name]>, emit: Emit, user: string) => Promise<number>;
} = {
  async "pii.find"(app, { values, json }, emit, user) {
    const found = await app.audit.during({ name: "personal-data.searched", actor: `cli:${user}`, trace: crypto.randomUUID() }, () =>
      app.personalData.find(values),
    );
    if (json) emit({ json: { ...found, refs: found.refs.map(printRef) } });
    else tell(app, found, emit);
    return 0;
  },

  async "pii.erase"(app, { values }, emit, user) {
    const words = texts(app.settings.SVYAZ_LANGUAGE).privacy;
    const { erased, left } = await app.personalData.erase(values, { actor: `cli:${user}`, trace: crypto.randomUUID() });
    tell(app, erased, emit);
    if (erased.places.length > 0) emit({ text: words.erased(erased.places.length) });
    if (left.busy > 0) emit({ text: words.busy(left.busy) });
    else if (left.places.length > 0) emit({ text: words.left });
    return left.places.length === 0 ? 0 : 1;
  },

  async "pii.purge"(app, _, emit, user) {
    const words = texts(app.settings.SVYAZ_LANGUAGE).privacy;
    const purged = await app.retention.purge(`cli:${user}`);
    emit({
      text: words.purged(
        Object.entries(purged)
          .map(([kind, count]) => `${words.classes[kind] ?? kind} ${count}`)
          .join(", "),
      ),
    });
    return 0;
  },
};

function tell(app: App, { places, refs }: Findings, emit: Emit): void {
  const words = texts(app.settings.SVYAZ_LANGUAGE).privacy;
  if (places.length === 0) emit({ text: words.nothingFound });
  for (const { place, class: kind, count } of places) emit({ text: words.found(place, words.classes[kind] ?? kind, count) });
  if (refs.length > 0) emit({ text: words.atSource(refs.slice(0, shownRefs).map(printRef), Math.max(0, refs.length - shownRefs)) });
}

function printRef(ref: { readonly system: string; readonly kind: string; readonly id: string }): string {
  return `${ref.system}:${ref.kind}:${ref.id}`;
}
