import { chmodSync, lstatSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createConnection, createServer, type Socket } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { StringDecoder } from "node:string_decoder";
import { z } from "zod";
import * as errors from "../domain/errors.js";
import { redactText } from "./redact.js";

/** A command as the command line gives it: "audit.verify" with its arguments, and the operating system's user who typed it. */
export interface ControlCommand {
  readonly name: string;
  readonly args: unknown;
  readonly user: string;
}

export type ControlHandler = (command: ControlCommand, emit: (line: unknown) => void) => Promise<unknown>;

const Command = z.object({ name: z.string(), args: z.unknown().optional(), user: z.string() });

const WireError = z.object({
  code: z.string(),
  message: z.string(),
  system: z.string().optional(),
  operation: z.string().optional(),
  retryAfterMs: z.number().optional(),
});
const Answer = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("line"), line: z.unknown().optional() }),
  z.object({ kind: z.literal("done"), result: z.unknown().optional() }),
  z.object({ kind: z.literal("failed"), error: WireError }),
]);
type Answer = z.infer<typeof Answer>;

/** The kernel's limit for a socket's path is 108 bytes on Linux and 104 on macOS, the closing zero included. */
const maxPathBytes = 100;

/**
 * Serves commands of other processes of the same user on a socket in the data folder, mode 0600. Every command runs by itself;
 * what it emits and returns travels as JSON. Throws when somebody serves there already; what a crash left is taken away.
 */
export async function serveControl(path: string, handle: ControlHandler): Promise<{ close(): Promise<void> }> {
  const before = await connect(path);
  if (before) {
    before.destroy();
    throw new errors.RequestRefused(`control: another process serves ${path}`, { operation: "serveControl" });
  }
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // A caller that went away; its command goes on to its end.
    socket.on("error", () => undefined);
    onLines(socket, (line) => void serve(line, socket, handle));
  });
  const at = placeFor(path);
  const mask = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => server.once("error", reject).listen(at, resolve));
  } finally {
    process.umask(mask);
  }
  chmodSync(at, 0o600);
  return {
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
      forget(path, at);
    },
  };
}

/**
 * Asks the process that serves `path` to run a command. `onLine` gets what it emits as it comes. Resolves to what the command
 * returned, or to undefined when nobody serves there. A command that failed there fails here with the same error of Svyaz.
 */
export async function callControl(
  path: string,
  command: { readonly name: string; readonly args: unknown },
  onLine: (line: unknown) => void,
): Promise<{ readonly result: unknown } | undefined> {
  const socket = await connect(path);
  if (!socket) return undefined;
  return new Promise((resolve, reject) => {
    const lost = (cause?: unknown) =>
      reject(
        new errors.OutcomeUnknown(`control: the running process went away during ${command.name}`, { operation: command.name, cause }),
      );
    socket.on("error", lost);
    socket.on("close", () => lost());
    onLines(socket, (text) => {
      try {
        const answer = Answer.parse(JSON.parse(text));
        if (answer.kind === "line") return onLine(answer.line);
        if (answer.kind === "failed") reject(fromWire(answer.error));
        else resolve({ result: answer.result });
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
      socket.end();
    });
    const full: ControlCommand = { ...command, user: userInfo().username };
    socket.write(`${JSON.stringify(full)}\n`);
  });
}

async function serve(line: string, socket: Socket, handle: ControlHandler): Promise<void> {
  const send = (answer: Answer) => {
    if (socket.writable) socket.write(`${JSON.stringify(answer)}\n`);
  };
  try {
    const command = Command.parse(JSON.parse(line));
    const result = await handle({ ...command, args: command.args }, (emitted) => send({ kind: "line", line: emitted }));
    send({ kind: "done", result });
  } catch (error) {
    send({ kind: "failed", error: toWire(error) });
  }
}

/** A connection, or nothing when nobody listens there; then the socket that a crash left is removed. */
function connect(path: string): Promise<Socket | undefined> {
  const at = placeOf(path);
  return new Promise((resolve, reject) => {
    const socket = createConnection(at);
    socket.once("connect", () => {
      socket.removeAllListeners("error");
      resolve(socket);
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT" && error.code !== "ECONNREFUSED") return reject(error);
      if (error.code === "ECONNREFUSED") forget(path, at);
      resolve(undefined);
    });
  });
}

/** Where the socket goes: `path` itself, or a private folder under the system's temporary one when `path` is too long; "<path>.at" tells where. */
function placeFor(path: string): string {
  if (Buffer.byteLength(path) <= maxPathBytes) return path;
  const at = join(mkdtempSync(join(tmpdir(), "svyaz-")), "control.sock");
  writeFileSync(`${path}.at`, at, { mode: 0o600 });
  return at;
}

function placeOf(path: string): string {
  if (Buffer.byteLength(path) <= maxPathBytes) return path;
  try {
    const at = readFileSync(`${path}.at`, "utf8");
    // The temporary folder is everybody's: a socket of somebody else's is not ours to talk to.
    if (lstatSync(dirname(at)).uid === userInfo().uid) return at;
  } catch {
    // Not there: nobody serves.
  }
  return join(tmpdir(), "svyaz-nobody", "control.sock");
}

function forget(path: string, at: string): void {
  rmSync(at, { force: true });
  if (at === path) return;
  rmSync(dirname(at), { recursive: true, force: true });
  rmSync(`${path}.at`, { force: true });
}

/** Cut by hand: `readline` also breaks at U+2028, which JSON leaves as it is. */
function onLines(socket: Socket, take: (line: string) => void): void {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  socket.on("data", (chunk: Buffer) => {
    const lines = (rest + decoder.write(chunk)).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) take(line);
  });
}

const errorClasses = new Map(
  Object.values(errors).flatMap((kind) => {
    if (kind === errors.SvyazError) return [];
    const Kind = kind as new (message: string, details?: errors.ErrorDetails, retryAfterMs?: number) => errors.SvyazError;
    return [[new Kind("").code, Kind] as const];
  }),
);

function toWire(error: unknown): z.infer<typeof WireError> {
  const message = redactText(error instanceof Error ? error.message : String(error));
  if (!(error instanceof errors.SvyazError)) return { code: "error", message };
  const retryAfterMs = error instanceof errors.TooManyRequests ? error.retryAfterMs : undefined;
  return { code: error.code, message, system: error.system, operation: error.operation, retryAfterMs };
}

function fromWire({ code, message, system, operation, retryAfterMs }: z.infer<typeof WireError>): Error {
  const Kind = errorClasses.get(code);
  return Kind ? new Kind(message, { system, operation }, retryAfterMs) : new Error(message);
}
