import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { Duplex } from "node:stream";
import { SystemUnavailable } from "../domain/errors.js";
import type { FromWorker, ToWorker, WorkerStart } from "./pglite-worker.js";
import { startThread } from "./thread.js";

/** PGlite in a worker thread, spoken to in PostgreSQL's wire protocol. */
export interface PgliteEngine {
  /** A byte stream for one `pg` client. There is one session, so give it to one client at a time. Fails when the worker has died. */
  connect(): Duplex;
  /** The whole database as a tar file, for `openPglite({ dump })`. */
  dump(compression: "gzip" | "none"): Promise<Uint8Array<ArrayBuffer>>;
  close(): Promise<void>;
  /** Ends the thread at once, as a crash would. Committed rows of a database on disk stay. */
  kill(): Promise<void>;
  readonly alive: boolean;
}

/**
 * Starts the engine and waits until it answers. The caller holds the lock of `dataDir`: PGlite takes none itself.
 * A first start that was cut off leaves a mark and is begun anew, so a half-made directory is never opened.
 */
export async function openPglite(options: WorkerStart): Promise<PgliteEngine> {
  const { dataDir } = options;
  const unfinished = dataDir && `${dataDir}.unfinished`;
  if (dataDir && unfinished) {
    if (existsSync(unfinished)) rmSync(dataDir, { recursive: true, force: true });
    const fresh = !existsSync(`${dataDir}/PG_VERSION`);
    mkdirSync(dirname(dataDir), { recursive: true });
    if (fresh) writeFileSync(unfinished, "");
    const engine = await startWorker(fresh ? options : { dataDir });
    rmSync(unfinished, { force: true });
    return engine;
  }
  return startWorker(options);
}

function startWorker(start: WorkerStart): Promise<PgliteEngine> {
  // The engine's own chatter must not land among the product's output.
  const worker = startThread(new URL("./pglite-worker.js", import.meta.url), { workerData: start, stdout: true });
  worker.stdout.resume();

  let death: SystemUnavailable | undefined;
  let closing = false;
  let clients = 0;
  let client: PgliteStream | undefined;
  const waiting = new Map<FromWorker["kind"], { resolve: (message: FromWorker) => void; reject: (error: Error) => void }>();

  const send = (message: ToWorker, transfer?: ArrayBuffer[]) => worker.postMessage(message, transfer);
  const answer = <K extends FromWorker["kind"]>(kind: K): Promise<Extract<FromWorker, { kind: K }>> =>
    new Promise((resolve, reject) => {
      if (death) reject(death);
      else waiting.set(kind, { resolve: resolve as (message: FromWorker) => void, reject });
    });

  const die = (cause: unknown) => {
    if (death) return;
    death = new SystemUnavailable("database: the embedded engine has stopped", { system: "database", operation: "pglite", cause });
    client?.destroy(closing ? undefined : death);
    for (const { reject } of waiting.values()) reject(death);
  };
  worker.on("error", die);
  worker.on("exit", (code) => die(new Error(`its thread ended with code ${code}`)));
  worker.on("message", (message: FromWorker) => {
    if (message.kind === "bytes") {
      // The answer to a client that has left meanwhile is nobody's.
      if (message.client === client?.number) client.push(message.bytes);
      return;
    }
    waiting.get(message.kind)?.resolve(message);
    waiting.delete(message.kind);
  });

  const engine: PgliteEngine = {
    connect() {
      clients += 1;
      client = new PgliteStream(clients, send, () => death);
      return client;
    },
    async dump(compression) {
      const dumped = answer("dumped");
      send({ kind: "dump", compression });
      return (await dumped).bytes;
    },
    async close() {
      closing = true;
      if (!death) {
        const closed = answer("closed");
        send({ kind: "close" });
        await closed.catch(() => undefined);
      }
      await worker.terminate();
    },
    async kill() {
      await worker.terminate();
    },
    get alive() {
      return !death;
    },
  };
  return answer("ready").then(
    () => engine,
    async (error: unknown) => {
      await worker.terminate();
      throw error;
    },
  );
}

/** The messages after which a client waits for an answer: Query, Sync, Flush, Terminate. */
const lastOfBatch = new Set(Buffer.from("QSHX"));

/**
 * What `pg` takes for a socket. It gathers writes until the client waits for an answer and hands the engine that batch whole,
 * since the engine runs a batch to its end and cannot wait for the rest of one.
 */
class PgliteStream extends Duplex {
  #gathered: Buffer[] = [];
  #started = false;

  constructor(
    readonly number: number,
    readonly send: (message: ToWorker, transfer?: ArrayBuffer[]) => void,
    readonly death: () => Error | undefined,
  ) {
    super({ allowHalfOpen: false });
  }

  connect(): this {
    process.nextTick(() => {
      const error = this.death();
      if (error) this.destroy(error);
      else this.emit("connect");
    });
    return this;
  }

  override _read(): void {
    // The engine pushes; there is nothing to ask for.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#gathered.push(chunk);
    const batch = this.#takeBatch();
    if (batch) this.send({ kind: "bytes", client: this.number, bytes: batch }, [batch.buffer]);
    done();
  }

  /** The gathered bytes, once they end with a message that wants an answer. A Terminate ends the stream instead. */
  #takeBatch(): Uint8Array<ArrayBuffer> | undefined {
    const bytes = Buffer.concat(this.#gathered);
    let at = 0;
    let last = 0;
    // The very first message has a length and no letter; it wants an answer too.
    if (!this.#started) {
      if (bytes.length < 4 || bytes.length < bytes.readInt32BE(0)) return undefined;
      at = bytes.readInt32BE(0);
      last = "S".charCodeAt(0);
    }
    while (at + 5 <= bytes.length) {
      const end = at + 1 + bytes.readInt32BE(at + 1);
      if (end > bytes.length) return undefined;
      last = bytes[at] ?? 0;
      at = end;
    }
    if (at !== bytes.length || !lastOfBatch.has(last)) {
      this.#gathered = [bytes];
      return undefined;
    }
    this.#started = true;
    this.#gathered = [];
    if (last === "X".charCodeAt(0)) {
      // `pool.end()` waits for this stream to close.
      this.destroy();
      return undefined;
    }
    return Uint8Array.from(bytes);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (this.#started && !this.death()) this.send({ kind: "gone" });
    this.push(null);
    done(error);
  }

  // What a network socket has besides.
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}
