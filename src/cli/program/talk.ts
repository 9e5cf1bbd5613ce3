import { type Command, Option } from "commander";
import type { Shell } from "./shell.js";

/** Talking: the chat and the service, one question, and the answer to a card. */
export function addTalk(svyaz: Command, { run, start }: Shell): void {
  svyaz
    .command("start", { isDefault: true })
    .description("open the chat on a terminal; without a terminal run the service: channels and web server")
    .option("--as <person>", "who chats on the terminal", "admin")
    .option("--serve", "run the service even on a terminal")
    .option("--chat", "open the chat even without a terminal (lines on stdin)")
    .option("--read-only", "pilot mode: answer, and refuse every write (SVYAZ_READ_ONLY)")
    .addOption(
      new Option("--role <role>", "what this process does, where several share one PostgreSQL (SVYAZ_ROLE)").choices([
        "all",
        "chat",
        "web",
        "worker",
      ]),
    )
    .action(async ({ as, serve, chat, ...flags }: { as: string; serve?: boolean; chat?: boolean; readOnly?: boolean; role?: string }) => {
      process.exitCode = await start({ as, chat: serve ? false : chat, ...flags });
    });

  svyaz
    .command("ask")
    .description("ask one question and print the answer")
    .argument("<text>", "the question, in Russian or English")
    .option("--as <person>", "in whose name", "admin")
    .option("--chat <name>", "go on in this conversation; a new one unless given")
    .option("--json", "one JSON object a line: tool calls, approvals, then the reply")
    .action((text: string, options: { as: string; chat?: string; json?: boolean }) =>
      run("ask", {
        text,
        ...options,
        width: process.stdout.columns ?? 100,
        colour: process.stdout.isTTY && process.stdout.hasColors(),
      }),
    );

  for (const [name, yes] of [
    ["approve", true],
    ["reject", false],
  ] as const) {
    svyaz
      .command(name)
      .description(yes ? "confirm a card: what it shows is written, once" : "cancel a card: nothing is written")
      .argument("<id>", "the approval's id, from the card or from ask --json")
      .option("--as <person>", "who answers: the one who asked, then, where two are needed, a second person", "admin")
      .action((id: string, options: { as: string }) => run("decide", { id, yes, as: options.as }));
  }
}
