import { parentPort, workerData } from "node:worker_threads";
import { PGlite } from "@electric-sql/pglite";
import { pg_trgm } from "@electric-sql/pglite/contrib/pg_trgm";
import { vector } from "@electric-sql/pglite-pgvector";

/** What the worker is started with. */
export interface WorkerStart {
  /** Absent: the database lives in memory. */
  readonly dataDir?: string;
  /** A dump of a prepared database (tar or tar.gz), used when `dataDir` holds none yet. */
  readonly dump?: Uint8Array<ArrayBuffer>;
}

/** Main thread → worker. Bytes are whole batches of PostgreSQL's wire protocol; `client` numbers the streams that came one after another. */
export type ToWorker =
  | { readonly kind: "bytes"; readonly client: number; readonly bytes: Uint8Array }
  /** The client went away; whatever it left open is rolled back and forgotten. */
  | { readonly kind: "gone" }
  | { readonly kind: "dump"; readonly compression: "gzip" | "none" }
  | { readonly kind: "close" };

/** Worker → main thread. */
export type FromWorker =
  | { readonly kind: "ready" }
  | { readonly kind: "bytes"; readonly client: number; readonly bytes: Uint8Array }
  | { readonly kind: "dumped"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "closed" };

const port = parentPort;
if (!port) throw new Error("pglite-worker runs as a worker thread only");

const { dataDir, dump } = workerData as WorkerStart;
const pglite = await PGlite.create({ dataDir, extensions: { vector, pg_trgm }, loadDataDir: dump && new Blob([dump]) });

/** "I" outside a transaction, "T" inside, "E" inside a failed one: the last byte of ReadyForQuery. */
let transactionStatus = "I";

async function run(batch: Uint8Array, onBytes: (bytes: Uint8Array<ArrayBuffer>) => void): Promise<void> {
  let tail = "";
  await pglite.execProtocolRawStream(batch, {
    syncToFs: false,
    onRawData(view) {
      // The view is a window into the engine's memory, which the next query overwrites.
      const bytes = Uint8Array.from(view);
      tail = (tail + String.fromCharCode(...bytes.subarray(-6))).slice(-6);
      onBytes(bytes);
    },
  });
  if (tail.startsWith("Z\0\0\0\u0005")) transactionStatus = tail.charAt(5);
}

function simpleQuery(sql: string): Uint8Array {
  const text = Buffer.from(`${sql}\0`);
  const message = Buffer.alloc(5 + text.length);
  message.write("Q");
  message.writeInt32BE(4 + text.length, 1);
  text.copy(message, 5);
  return message;
}

async function handle(message: ToWorker): Promise<void> {
  const tell = (answer: FromWorker, transfer?: ArrayBuffer[]) => port?.postMessage(answer, transfer);
  switch (message.kind) {
    case "bytes":
      await run(message.bytes, (bytes) => tell({ kind: "bytes", client: message.client, bytes }, [bytes.buffer]));
      break;
    case "gone": {
      const discarded = () => undefined;
      // There is one session for all clients in turn; the next one must find it as a new connection would.
      if (transactionStatus !== "I") await run(simpleQuery("rollback"), discarded);
      await run(simpleQuery("discard all"), discarded);
      break;
    }
    case "dump": {
      const blob = await pglite.dumpDataDir(message.compression);
      const bytes = new Uint8Array(await blob.arrayBuffer());
      tell({ kind: "dumped", bytes }, [bytes.buffer]);
      break;
    }
    case "close":
      await pglite.close();
      tell({ kind: "closed" });
      port?.close();
      break;
  }
}

// One at a time, in the order of arrival: the engine has one session.
let last = Promise.resolve();
port.on("message", (message: ToWorker) => {
  last = last.then(() => handle(message));
});
port.postMessage({ kind: "ready" } satisfies FromWorker);
