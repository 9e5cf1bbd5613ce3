import { describe } from "vitest";
import type { Address } from "../../../src/domain/message.js";
import { describeChannel } from "../../contract/channel.js";
import { anna, boris, openSlackWorld, toAnna, toTeam } from "./setup.js";

describe.each(["socket", "http"] as const)("slack over %s", (mode) => {
  describeChannel("slack", async () => {
    const { slack, channel, close, listen } = await openSlackWorld({ mode });
    const people = { asker: anna, stranger: boris };
    const start: typeof channel.start = async (inbox) => {
      await channel.start(inbox);
      await listen();
    };
    return {
      channel: { ...channel, start },
      privateChat: toAnna,
      group: toTeam,
      asker: anna,
      stranger: boris,
      redelivers: true,
      write: async (text, { chat }: Address) => {
        await slack.people.write(anna, text, { channel: chat });
      },
      press: async (label, { chat }, by = "asker") => {
        await slack.people.press(people[by], label, chat);
      },
      speak: async (bytes, seconds) => {
        const file = { name: "audio_message.ogg", mimetype: "audio/ogg", bytes, durationMs: seconds * 1000 };
        await slack.people.write(anna, "", { files: [file] });
      },
      // Somebody who looks on: ephemeral messages for others are not seen.
      shown: ({ chat }) =>
        slack.seen(chat).map(({ text, buttons, clickable, charts, files }) => {
          const pictures = files.filter(({ mimetype }) => mimetype.startsWith("image/"));
          return {
            text,
            buttons: buttons.filter(({ kind }) => kind === "button").map((button) => button.text),
            clickable,
            pictures: charts.length + pictures.length,
            files: files.filter((file) => !pictures.includes(file)),
          };
        }),
      close,
    };
  });
});
