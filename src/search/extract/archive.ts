import { type Zippable, zipSync } from "fflate";
import yauzl from "yauzl";
import { decodeText } from "./decode.js";
import { bounds, Unreadable } from "./result.js";

/** An office file's parts: names from the central directory, contents inflated one by one under a hard byte count. */
export interface Archive {
  readonly names: readonly string[];
  bytes(name: string): Promise<Uint8Array | undefined>;
  /** A part as XML text. A document type or an entity of its own is refused: no office program writes one, bombs and thieves do. */
  xml(name: string): Promise<string | undefined>;
}

/** Opens a ZIP without inflating anything. Throws Unreadable for bombs ("too_large") and broken directories ("corrupt"). */
export async function openArchive(bytes: Uint8Array): Promise<Archive> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const zip = await new Promise<yauzl.ZipFile>((resolve, reject) => {
    yauzl.fromBuffer(buffer, { lazyEntries: true, validateEntrySizes: true }, (error, file) => {
      if (error) reject(new Unreadable("corrupt", error.message));
      else resolve(file);
    });
  });
  if (zip.entryCount > bounds.archiveEntries) throw new Unreadable("too_large", `${zip.entryCount} entries`);
  const entries = await readDirectory(zip);
  let declared = 0;
  for (const entry of entries.values()) declared += entry.uncompressedSize;
  if (declared > bounds.archiveBytes) throw new Unreadable("too_large", `${declared} bytes inside`);
  if (declared > bounds.ratioFromBytes && declared / bytes.byteLength > bounds.archiveRatio) {
    throw new Unreadable("too_large", `inflates ${Math.round(declared / bytes.byteLength)} times`);
  }

  const readBytes = async (name: string) => {
    const entry = entries.get(name);
    if (!entry) return undefined;
    if (entry.isEncrypted()) throw new Unreadable("password", name);
    if (entry.uncompressedSize > bounds.partBytes) throw new Unreadable("too_large", `${name} has ${entry.uncompressedSize} bytes`);
    return inflate(zip, entry);
  };
  return {
    names: [...entries.keys()],
    bytes: readBytes,
    xml: async (name) => {
      const part = await readBytes(name);
      if (!part) return undefined;
      const text = decodeText({ bytes: part });
      if (/<!(?:DOCTYPE|ENTITY)/i.test(text)) throw new Unreadable("corrupt", `${name} declares a document type`);
      return text;
    },
  };
}

/**
 * The parts a library needs and no others, inflated and checked here and packed again without compression:
 * what the library then unzips by itself holds neither pictures nor surprises.
 */
export async function repack(archive: Archive, wanted: (name: string) => boolean): Promise<Buffer> {
  const parts: Zippable = {};
  for (const name of archive.names.filter(wanted)) {
    const xml = /\.(?:xml|rels)$/i.test(name) ? await archive.xml(name) : undefined;
    const part =
      xml === undefined ? await archive.bytes(name) : Buffer.from(xml.replace(/^(<\?xml[^>]*?)\s+encoding\s*=\s*["'][^"']*["']/, "$1"));
    if (part) parts[name] = [part, { level: 0 }];
  }
  return Buffer.from(zipSync(parts));
}

function readDirectory(zip: yauzl.ZipFile): Promise<Map<string, yauzl.Entry>> {
  return new Promise((resolve, reject) => {
    const entries = new Map<string, yauzl.Entry>();
    zip.on("entry", (entry: yauzl.Entry) => {
      if (!entry.fileName.endsWith("/")) entries.set(entry.fileName, entry);
      zip.readEntry();
    });
    zip.once("end", () => resolve(entries));
    // yauzl itself refuses names that climb out of the folder.
    zip.once("error", (error: Error) => reject(new Unreadable("corrupt", error.message)));
    zip.readEntry();
  });
}

function inflate(zip: yauzl.ZipFile, entry: yauzl.Entry): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const refuse = (error: Error) => reject(new Unreadable("corrupt", `${entry.fileName}: ${error.message}`));
    zip.openReadStream(entry, (error, stream) => {
      if (error) return refuse(error);
      const chunks: Buffer[] = [];
      // validateEntrySizes ends the stream with an error at the first byte beyond the declared size.
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.once("end", () => resolve(Buffer.concat(chunks)));
      stream.once("error", refuse);
    });
  });
}
