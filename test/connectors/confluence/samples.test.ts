import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import {
  AttachmentV2,
  Content,
  Hit,
  Items,
  PageV2,
  Restrictions,
  SpacePermissionV1,
  SpacePermissionV2,
} from "../../../src/connectors/confluence/answers.js";
import { fromAttachmentV2, fromContent, fromPageV2 } from "../../../src/connectors/confluence/map.js";
import { storageToMarkdown } from "../../../src/connectors/confluence/storage.js";

const text = (name: string) => readFileSync(new URL(`../../../src/connectors/confluence/samples/${name}`, import.meta.url), "utf8");
const json = (name: string): unknown => JSON.parse(text(name));

describe("published answers of Confluence", () => {
  it("are understood: a page of either edition is the same page", () => {
    const old = fromContent(Content.parse(json("page-data-center.json")), "key");
    const cloud = fromPageV2(PageV2.parse(json("page-cloud.json")), "page");
    for (const page of [old, cloud]) {
      expect(page).toMatchObject({
        id: "65601",
        kind: "page",
        title: "Порядок отпусков",
        version: 4,
        updatedAt: new Date("2026-11-12T07:15:30Z"),
        parent: { id: "65537", type: "page" },
      });
    }
    expect(old).toMatchObject({
      space: "HR",
      ancestors: ["65537"],
      restriction: { restrictions: { group: { results: [{ name: "hr-team" }] } } },
    });
    expect(cloud).toMatchObject({ space: "98305", ancestors: undefined });
  });

  it("are understood: attachments, rights, search", () => {
    expect(fromAttachmentV2(AttachmentV2.parse(json("attachment-cloud.json")))).toMatchObject({
      container: "65601",
      download: { path: "/rest/api/content/65601/child/attachment/att65701/download" },
    });
    expect(Restrictions.parse(json("restrictions.json")).read.restrictions.group?.results).toMatchObject([{ name: "hr-team" }]);
    expect(Items.parse(json("space-permissions-cloud.json")).results.map((row) => SpacePermissionV2.parse(row).principal.type)).toEqual([
      "group",
      "role",
      "group",
    ]);
    expect(z.array(SpacePermissionV1).parse(json("space-permissions-data-center.json"))).toHaveLength(2);
    expect(Items.parse(json("search.json")).results.map((row) => Hit.parse(row).excerpt)).toHaveLength(1);
  });

  it("are read: a body with a panel, a table, a person and an included page", () => {
    expect(storageToMarkdown(text("body.xml"), { user: () => "Анна Иванова" })).toBe(
      "## Порядок\n\n**Важно**\n\nЗаявление подаётся за две недели.\n\n| Стаж | Дней |\n| --- | --- |\n| до 3 лет | 28 |\n| от 3 лет | 31 |\n\nСпросите @Анна Иванова, см. Зарплаты",
    );
  });
});
