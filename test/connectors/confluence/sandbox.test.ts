import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { confluence } from "../../../src/connectors/confluence/index.js";
import type { Entity } from "../../../src/domain/entity.js";
import type { Cursor } from "../../../src/domain/listing.js";
import type { Audience } from "../../../src/domain/people.js";
import { createCompany } from "../../../src/sandbox/company.js";
import { type ConfluenceServer, SERVICE_ACCOUNT, startConfluence } from "../../../src/sandbox/confluence/index.js";
import { createLibrary } from "../../../src/sandbox/library.js";
import { all, anchorNow, openHarness } from "../harness.js";

const company = createCompany({ anchor: "2026-11-20" });
const library = createLibrary(company);

function admits(readers: Audience, principals: ReadonlySet<string>): boolean {
  if (readers === "everyone") return true;
  return typeof readers !== "string" && readers.every((clause) => clause.some((one) => principals.has(one)));
}

/** A sandbox that keeps its attachments at another port, as Cloud keeps them at another host. */
const definition = { ...confluence, redirects: [...(confluence.redirects ?? []), "127.0.0.1"] };

describe.each(["data-center", "cloud"] as const)("a whole Confluence (%s)", (edition) => {
  let server: ConfluenceServer;
  let harness: ReturnType<typeof openHarness>;

  beforeAll(async () => {
    server = await startConfluence({
      company,
      library,
      edition,
      tokens: { [SERVICE_ACCOUNT]: "service-token" },
      now: () => anchorNow,
      perSecond: 1_000,
    });
    const secrets: Record<string, string> =
      edition === "cloud"
        ? { CONFLUENCE_EMAIL: "svyaz@example.com", CONFLUENCE_API_TOKEN: "service-token" }
        : { CONFLUENCE_TOKEN: "service-token" };
    harness = openHarness([definition], {
      CONFLUENCE_BASE_URL: server.url,
      CONFLUENCE_EDITION: edition,
      CONFLUENCE_REQUESTS_PER_SECOND: "100",
      ...secrets,
    });
  });
  afterAll(async () => {
    await harness.systems.close();
    await server.close();
  });

  async function run(kind: string, mode: "full" | "since", from?: Cursor) {
    const { sync } = await harness.systems.forSvyaz("confluence");
    const batches = await all(sync?.changes({ kind, mode, from, signal: AbortSignal.timeout(60_000) }) ?? nothing());
    return { changes: batches.flatMap(({ changes }) => changes), cursor: batches.at(-1)?.cursor };
  }
  const entities = (changes: Awaited<ReturnType<typeof run>>["changes"]) =>
    changes.flatMap((change): Entity[] => (change.kind === "upsert" ? [change.entity] : []));

  async function principalsOf(employee: string): Promise<ReadonlySet<string>> {
    const { sync } = await harness.systems.forSvyaz("confluence");
    const id = userIdOf(employee);
    for (const { member, of } of await all(sync?.memberships?.(AbortSignal.timeout(20_000)) ?? nothing())) {
      if (member === `confluence:user:${id}`) return new Set([member, ...of]);
    }
    return new Set([`confluence:user:${id}`]);
  }

  /** What an admin would link the person to. */
  function userIdOf(employee: string): string {
    return edition === "data-center" ? employee : server.store.identities.byId(employee).accountId;
  }

  it("lets each person into exactly the pages that Confluence lets them into", async () => {
    const pages = new Map(entities((await run("page", "full")).changes).map((entity) => [entity.ref.id, entity]));
    expect(pages.size).toBeGreaterThan(300);
    for (const employee of ["admin", "anna", "boris", "vera", "dmitry"]) {
      const principals = await principalsOf(employee);
      const wrong = library.pages.filter((page) => {
        const entity = pages.get(server.store.pageId(page.key));
        return entity !== undefined && admits(entity.readers, principals) !== library.mayRead(employee, page.key);
      });
      expect(wrong.map(({ key }) => `${employee}: ${key}`)).toEqual([]);
    }
  });

  it("takes up an edit, what went into the trash, and at night a new restriction", async () => {
    const whole = await run("page", "full");
    const [first, second, third] = entities(whole.changes).filter(({ ref }) => server.store.pages.get(ref.id)?.parentId !== undefined);
    if (!first || !second || !third) throw new Error("too few pages");
    await server.store.edit(first.ref.id, { title: "Новое имя страницы" });
    await server.store.trash(second.ref.id);
    await server.store.restrict(third.ref.id, { users: ["anna"], groups: [] });
    const since = await run("page", "since", whole.cursor);
    expect(entities(since.changes).find(({ ref }) => ref.id === first.ref.id)?.title).toBe("Новое имя страницы");
    expect(since.changes).toContainEqual({ kind: "remove", ref: second.ref });
    const night = entities((await run("page", "full")).changes);
    expect(night.some(({ ref }) => ref.id === second.ref.id)).toBe(false);
    expect(night.find(({ ref }) => ref.id === third.ref.id)?.readers).toContainEqual([`confluence:user:${userIdOf("anna")}`]);
  });

  it("reads the bytes of every attachment", async () => {
    const { documents } = await harness.systems.forSvyaz("confluence");
    const attachments = entities((await run("attachment", "full")).changes);
    expect(attachments.length).toBeGreaterThan(5);
    for (const { ref, fields } of attachments) {
      const text = await documents?.read(ref.id);
      expect(text && "bytes" in text.content && text.content.bytes.byteLength).toBe(fields["bytes"]);
    }
  });
});

async function* nothing(): AsyncGenerator<never> {}
