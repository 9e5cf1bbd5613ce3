import { createInterface } from "node:readline/promises";
import type { App } from "../app.js";
import { renderReply } from "../channels/terminal/render.js";
import type { Choice } from "../domain/message.js";
import type { Person } from "../domain/people.js";
import { texts } from "../text/texts.js";
import { linkRule, wordingsFor } from "./commands.js";

const chat = "main";
const yes = /^(y|yes|д|да|ок|ok)$/i;
const no = /^(n|no|н|нет|отмена)$/i;

/** The terminal conversation: a line is a message, a key or a number answers the card that waits. Ends at Ctrl-C or the end of input. */
export async function chatOnTerminal(app: App, person: Person, signal: AbortSignal): Promise<void> {
  const { stdin, stdout } = process;
  const lines = createInterface({ input: stdin, output: stdout, prompt: "\n› ", terminal: stdout.isTTY });
  const words = texts(app.settings.SVYAZ_LANGUAGE).conversation;
  const wordings = wordingsFor(person);
  let waiting: Choice[] = [];

  const clear = () => stdout.isTTY && stdout.write("\r\u001B[2K");
  const unwatch = app.terminal.watch(chat, {
    step: (text) => {
      clear();
      if (stdout.isTTY) stdout.write(`  ${text}`);
    },
    reply: (reply, saved) => {
      clear();
      const fresh = reply.filter((block) => block.kind === "choice");
      if (fresh.length > 0) waiting = fresh;
      const style = { width: Math.min(stdout.columns ?? 100, 140), colour: stdout.isTTY && stdout.hasColors(), allowed: linkRule(app) };
      stdout.write(`\n${renderReply(reply, style, saved, wordings)}\n`);
    },
  });

  const answer = async (line: string): Promise<string> => {
    const [card] = waiting;
    const option = card && pressed(line, card);
    if (!card || !option) return app.terminal.say({ chat, person: person.id, name: person.name, text: line, now: new Date() });
    waiting = waiting.slice(1);
    return app.terminal.press({ chat, person: person.id, choice: card.id, option, now: new Date() });
  };

  signal.addEventListener("abort", () => lines.close(), { once: true });
  lines.on("SIGINT", () => lines.close());
  lines.prompt();
  try {
    for await (const line of lines) {
      if (line.trim() === "") {
        lines.prompt();
        continue;
      }
      if (/^(\/?(quit|exit|выход))$/i.test(line.trim())) break;
      if (stdout.isTTY) stdout.write(`  ${words.thinking}`);
      const event = await answer(line);
      await app.inbox.settled("terminal", event);
      lines.prompt();
    }
  } finally {
    unwatch();
    lines.close();
  }
}

/** Which option a line picks: its number, or yes and no in either language. */
function pressed(line: string, card: Choice): string | undefined {
  const text = line.trim();
  const byNumber = /^\d{1,2}$/.test(text) ? card.options[Number(text) - 1]?.id : undefined;
  if (byNumber) return byNumber;
  if (yes.test(text)) return card.options.find(({ id }) => id === "yes")?.id;
  return no.test(text) ? card.options.find(({ id }) => id === "no")?.id : undefined;
}
