import type { Address } from "../../../src/domain/message.js";
import { describeChannel } from "../../contract/channel.js";
import { anna, boris, openTelegramWorld, team } from "./setup.js";

describeChannel("telegram", async () => {
  const { telegram, channel } = await openTelegramWorld();
  const people = { asker: anna, stranger: boris };
  const chatOf = ({ chat }: Address) => Number(chat);
  return {
    channel,
    privateChat: { channel: "telegram", chat: String(anna) },
    group: { channel: "telegram", chat: String(team) },
    asker: String(anna),
    stranger: String(boris),
    redelivers: true,
    write: (text, where) => void telegram.people.write(anna, text, { chat: chatOf(where) }),
    press: (label, where, by = "asker") => void telegram.people.press(people[by], label, chatOf(where)),
    speak: (bytes, seconds) => void telegram.people.write(anna, "", { voice: { bytes, seconds } }),
    shown: (where) =>
      telegram.seen(chatOf(where)).map(({ text, buttons, clickable, photo, document }) => ({
        text,
        buttons: buttons.flat().map((button) => button.text),
        clickable,
        pictures: photo ? 1 : 0,
        files: document ? [document] : [],
      })),
    close: () => telegram.close(),
  };
});
