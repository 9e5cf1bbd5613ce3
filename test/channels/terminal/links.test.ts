import { describe, expect, it } from "vitest";
import { linksTo } from "../../../src/channels/kit/addresses.js";
import { renderReply } from "../../../src/channels/terminal/render.js";
import { channelWords } from "../../../src/text/wordings.js";

const wordings = { ru: channelWords("ru", "Europe/Moscow"), en: channelWords("en", "Europe/Moscow") };
const render = (markdown: string, colour: boolean) =>
  renderReply(
    [{ kind: "text", markdown }],
    { width: 100, colour, allowed: linksTo(["crm.example.com"]) },
    { path: () => undefined },
    wordings,
  );

describe("addresses on a terminal", () => {
  it.each([true, false])("lead to the configured systems alone (colours: %s)", (colour) => {
    const shown = render("см. [тут](https://crm.example.com/leads/1), не https://evil.example/x", colour);
    expect(shown).toContain("https://crm.example.com/leads/1");
    expect(shown).not.toContain("https://evil.example");
    expect(shown).toContain("evil.example/x");
  });

  it.each(["```\nhttps://evil.example/\n```", "| a |\n|---|\n| https://evil.example/ |", "# https://evil.example/"])(
    "are no links in code, tables and headings either",
    (markdown) => expect(render(markdown, false)).not.toContain("https://evil.example"),
  );
});
