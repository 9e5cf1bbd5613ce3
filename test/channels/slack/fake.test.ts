import { describe, expect, it } from "vitest";
import { problemsOf } from "../../fakes/slack/blocks.js";
import { drawMrkdwn } from "../../fakes/slack/shown.js";

const plain = (text: string) => ({ type: "plain_text", text });
const button = (id: string, more: object = {}) => ({ type: "button", action_id: id, text: plain("Да"), ...more });
const rich = (...elements: object[]) => ({ type: "rich_text", elements: [{ type: "rich_text_section", elements }] });
const cells = (...texts: string[]) => texts.map((text) => ({ type: "raw_text", text }));
const table = (rows: object[][], more: object = {}) => ({ type: "data_table", caption: "к", rows, ...more });
const many = (count: number) => Array.from({ length: count }, (_, index) => String(index));
const chart = (categories: string[], series: object[], title = "т") => ({
  type: "data_visualization",
  title,
  chart: { type: "line", series, axis_config: { categories } },
});
const series = (name: string, labels: string[]) => ({ name, data: labels.map((label) => ({ label, value: 1 })) });

/** The strict fake is only worth something while it refuses. */
describe("the fake of Slack refuses", () => {
  it.each<[string, unknown[]]>([
    ["51 blocks", many(51).map(() => ({ type: "divider" }))],
    ["a kind nobody knows", [{ type: "paragraph" }]],
    ["a field nobody knows", [{ type: "divider", colour: "red" }]],
    ["a section of 3001 characters", [{ type: "section", text: plain("x".repeat(3001)) }]],
    ["a header of 151", [{ type: "header", text: plain("x".repeat(151)) }]],
    ["a header in markup", [{ type: "header", text: { type: "mrkdwn", text: "x" } }]],
    ["26 buttons in a row", [{ type: "actions", elements: many(26).map((id) => button(id)) }]],
    ["a label of 76", [{ type: "actions", elements: [{ ...button("a"), text: plain("x".repeat(76)) }] }]],
    [
      "two buttons of one id",
      [
        { type: "actions", elements: [button("a")] },
        { type: "actions", elements: [button("a")] },
      ],
    ],
    ["an unknown style", [{ type: "actions", elements: [button("a", { style: "success" })] }]],
    ["empty rich text", [{ type: "rich_text", elements: [] }]],
    ["an empty stretch", [rich({ type: "text", text: "" })]],
    ["half a surrogate pair", [rich({ type: "text", text: "\ud800" })]],
    ["a script for a link", [rich({ type: "link", url: "javascript:alert(1)" })]],
    ["a mention of everybody", [rich({ type: "broadcast", range: "channel" })]],
    ["a table of a head alone", [table([cells("a")])]],
    ["a table of 102 rows", [table(many(102).map((text) => cells(text)))]],
    ["a table of 21 columns", [table([cells(...many(21)), cells(...many(21))])]],
    ["rows of different length", [table([cells("a", "b"), cells("c")])]],
    ["an empty cell", [table([cells("a"), cells("")])]],
    ["a table without a caption", [{ ...table([cells("a"), cells("b")]), caption: undefined }]],
    ["cells of 10 001 characters", [table([cells("a"), cells("x".repeat(10_000))])]],
    ["two tables", [table([cells("a"), cells("b")]), table([cells("a"), cells("b")])]],
    ["three charts", many(3).map(() => chart(["a"], [series("s", ["a"])]))],
    [
      "seven series",
      [
        chart(
          ["a"],
          many(7).map((name) => series(name, ["a"])),
        ),
      ],
    ],
    ["21 categories", [chart(many(21), [series("s", many(21))])]],
    ["a category of 21 characters", [chart(["x".repeat(21)], [series("s", ["x".repeat(21)])])]],
    ["a title of 51", [chart(["a"], [series("s", ["a"])], "x".repeat(51))]],
    ["a series with a gap", [chart(["a", "b"], [series("s", ["a"])])]],
  ])("%s", (_what, blocks) => {
    expect(problemsOf(blocks)).not.toEqual([]);
  });

  it("nothing of what the documentation shows", () => {
    const blocks = [
      { type: "header", text: plain("Итоги") },
      { type: "section", text: { type: "mrkdwn", text: "*раз* <https://wiki.example.com|два>" } },
      rich({ type: "text", text: "a", style: { bold: true } }, { type: "link", url: "https://wiki.example.com" }),
      { type: "actions", elements: [button("a", { style: "danger", value: "1" })] },
      table([cells("a", "b"), [{ type: "raw_number", value: 1, text: "1" }, ...cells("c")]], { page_size: 5 }),
      chart(["a", "b"], [series("s", ["a", "b"])]),
    ];
    expect(problemsOf(blocks)).toEqual([]);
  });

  it("and shows what a client would make clickable", () => {
    expect(drawMrkdwn("<!channel> <@U1> <https://evil.example|жми> evil.com &lt;!here&gt;", true)).toEqual({
      text: "!channel @U1 жми evil.com <!here>",
      clickable: ["@channel", "@U1", "https://evil.example", "evil.com"],
    });
  });
});
