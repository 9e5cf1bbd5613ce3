import type { Address, Reply } from "../domain/message.js";
import type { Language, Person } from "../domain/people.js";

/** One command as somebody gave it. */
export interface CommandCall {
  readonly person: Person;
  /** As the audit log names the caller. */
  readonly actor: string;
  /** Also the audit trace. */
  readonly trace: string;
  /** What stood behind the command's word, trimmed; empty when nothing did. */
  readonly argument: string;
  readonly address: Address;
  readonly language: Language;
}

/** Something a person does with Svyaz itself, without the agent: "/connect amocrm", "/audit". Answered in a private chat only. */
export interface ChatCommand {
  /** The word behind the slash: a-z, 0-9. */
  readonly name: string;
  /** The same in people's words, for messengers where a slash belongs to somebody else: "подключи". Lower case. */
  readonly words: readonly string[];
  /** Whether a message that begins with such a word is this command, where the word has other uses: "статус сделки". */
  fits?(argument: string): boolean;
  /** Throws typed errors; they are told in the person's language. */
  run(call: CommandCall): Promise<Reply>;
}

/** A longer message is a wish, not a command. */
const mostWords = 3;

/** The command that a message is, and what stands behind its word. A word without a slash counts only in a short message. */
export function findCommand(
  text: string,
  commands: readonly ChatCommand[],
): { readonly command: ChatCommand; readonly argument: string } | undefined {
  const found = /^(\/?)([\p{L}\p{N}_]+)(?:@\w+)?(?:\s+(.*))?$/su.exec(text.trim());
  if (!found) return undefined;
  const [, slash, word = "", rest = ""] = found;
  const said = word.toLowerCase();
  const command = commands.find(({ name, words }) => (slash ? said === name : words.includes(said)));
  const argument = rest.trim();
  if (!command || (!slash && (argument.split(/\s+/).length >= mostWords || command.fits?.(argument) === false))) return undefined;
  return { command, argument };
}
