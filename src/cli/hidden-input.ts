import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { text } from "node:stream/consumers";

/**
 * A value that must not be seen: typed after `prompt` without an echo, or piped in. The end of its last line is no part of it.
 * Never from the arguments, which every user of the machine can read.
 */
export async function readHidden(prompt: string): Promise<string> {
  const { stdin, stderr } = process;
  const value = stdin.isTTY ? await typed(prompt, stdin, stderr) : await text(stdin);
  return value.replace(/\r?\n$/, "");
}

function typed(prompt: string, input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output: silent, terminal: true, historySize: 0 });
  output.write(prompt);
  return new Promise((resolve, reject) => {
    const end = (act: () => void) => {
      output.write("\n");
      lines.close();
      act();
    };
    lines.once("line", (line) => end(() => resolve(line)));
    lines.once("SIGINT", () => end(() => reject(new Error("stopped"))));
  });
}
