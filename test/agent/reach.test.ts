import { describe, expect, it } from "vitest";
import { createReach } from "../../src/agent/reach.js";
import type { Operation } from "../../src/domain/access.js";
import type { Person } from "../../src/domain/people.js";

const person: Person = { id: "p", name: "P", language: "en", timeZone: "UTC", roles: ["sales"], principals: [] };
const tools = [
  { name: "read-clients", needs: { family: "crm", verb: "read" } },
  { name: "make-deals", needs: { family: "crm", verb: "create", kind: "deal" } },
  { name: "read-papers", needs: { family: "documents", verb: "read" } },
  { name: "look-around" },
] as const;

function beyond(
  mayDo: (operation: Operation) => boolean,
  systems: readonly { system: string; definition: { families?: readonly ["crm"] } }[] = [],
) {
  const access = {
    decide: async (_person: Person, operation: Operation) => ({ effect: mayDo(operation) ? "allow" : "deny", scope: "own" }) as const,
  };
  return createReach({ tools, access, configured: systems })(person);
}

describe("what is beyond a person's roles", () => {
  const twoCrms = [
    { system: "first", definition: { families: ["crm"] } },
    { system: "second", definition: { families: ["crm"] } },
  ] as const;

  it("is a tool that no system allows, and none that a single one does", async () => {
    expect([...(await beyond(() => false, twoCrms))]).toEqual(["read-clients", "make-deals", "read-papers"]);
    expect([...(await beyond(({ system, verb }) => system === "second" && verb === "read", twoCrms))]).toEqual([
      "make-deals",
      "read-papers",
    ]);
  });

  it("is judged by the kind of what is written", async () => {
    expect([...(await beyond(({ kind }) => kind !== "deal", twoCrms))]).toEqual(["make-deals"]);
  });

  it("counts an indexed folder among the documents, and is everything of a family that no system has", async () => {
    expect([...(await beyond(({ system }) => system === "files"))]).toEqual(["read-clients", "make-deals"]);
  });

  it("asks of a system that does not say its families about each", async () => {
    expect([...(await beyond(({ system }) => system === "quiet", [{ system: "quiet", definition: {} }]))]).toEqual([]);
  });
});
