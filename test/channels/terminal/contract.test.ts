import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTerminal } from "../../../src/channels/terminal/index.js";
import { renderReply } from "../../../src/channels/terminal/render.js";
import { linksTo } from "../../../src/channels/kit/addresses.js";
import { describeChannel, type ShownMessage } from "../../contract/channel.js";
import { onePixel, wording } from "../kit/wording.js";

const now = new Date("2026-11-20T09:00:00.000Z");

describeChannel("terminal", async () => {
  const pictures = mkdtempSync(join(tmpdir(), "svyaz-pictures-"));
  const channel = createTerminal({ pictures, drawChart: async () => onePixel });
  const screen = new Map<string, ShownMessage & { readonly choice?: string; readonly options: ReadonlyMap<string, string> }>();
  const style = { width: 100, colour: false, allowed: linksTo(["wiki.example.com"]) };
  channel.watch("anna", {
    step: (text) => screen.set("step", { text, buttons: [], clickable: [], pictures: 0, files: [], options: new Map() }),
    reply: (reply, saved, { id }) => {
      screen.delete("step");
      const text = renderReply(reply, style, saved, wording);
      const card = reply.findLast((block) => block.kind === "choice");
      screen.set(id, {
        text,
        clickable: [...text.matchAll(/\b[a-z]+:\/\/[^\s—)]+/g)].map(([address]) => address),
        buttons: card?.options.map(({ label }) => label) ?? [],
        choice: card?.id,
        options: new Map(card?.options.map(({ id: option, label }) => [label, option])),
        pictures: reply.filter(({ kind }) => kind === "chart" || kind === "image").length,
        files: reply.flatMap((block) =>
          block.kind === "file" ? [{ name: block.name, bytes: readFileSync(saved.path(block) ?? "") }] : [],
        ),
      });
    },
  });
  return {
    channel: {
      ...channel,
      // A terminal's placeholder is its line of progress.
      progress: async (to) => {
        const progress = await channel.progress(to);
        progress.step("…");
        return progress;
      },
    },
    privateChat: { channel: "terminal", chat: "anna" },
    asker: "anna",
    write: async (text) => {
      await channel.say({ chat: "anna", person: "anna", text, now }).catch(() => undefined);
    },
    press: async (label) => {
      const [id, message] = [...screen].findLast(([, { buttons }]) => buttons.includes(label)) ?? [];
      await channel.press({
        chat: "anna",
        person: "anna",
        choice: message?.choice ?? "",
        option: message?.options.get(label) ?? "",
        on: id,
        now,
      });
    },
    shown: () => [...screen.values()],
    close: async () => rmSync(pictures, { recursive: true, force: true }),
  };
});
