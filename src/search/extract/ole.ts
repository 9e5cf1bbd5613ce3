import { Unreadable } from "./result.js";

const directoryEntryBytes = 128;
const endOfChain = 0xfffffffe;

/** What an OLE compound file holds, by the first stream that tells ([MS-CFB] 2.6, names of the directory). */
export type OleKind = "encrypted" | "doc" | "xls" | "ppt" | "msg" | "unknown";

const tellingNames: Readonly<Record<string, OleKind>> = {
  EncryptedPackage: "encrypted",
  WordDocument: "doc",
  Workbook: "xls",
  Book: "xls",
  "PowerPoint Document": "ppt",
  "__properties_version1.0": "msg",
};

/** Reads the directory of an OLE file: what it is, and whether a Word document in it is locked. */
export function readOle(bytes: Uint8Array): { readonly kind: OleKind; readonly locked: boolean } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < 512) throw new Unreadable("corrupt", "OLE header cut short");
  const shift = view.getUint16(30, true);
  if (shift !== 9 && shift !== 12) throw new Unreadable("corrupt", "OLE sector size");
  const size = 1 << shift;
  const offsetOf = (sector: number) => (sector + 1) * size;
  for (const sector of chain(view, view.getUint32(48, true), size)) {
    for (let at = offsetOf(sector); at < offsetOf(sector) + size; at += directoryEntryBytes) {
      if (at + directoryEntryBytes > bytes.byteLength) return { kind: "unknown", locked: false };
      const length = Math.min(64, view.getUint16(at + 64, true));
      const name = new TextDecoder("utf-16le").decode(bytes.subarray(at, at + Math.max(0, length - 2)));
      const kind = tellingNames[name];
      if (!kind) continue;
      const start = offsetOf(view.getUint32(at + 116, true));
      // FibBase: bit 0x0100 of the flags at offset 10 says fEncrypted ([MS-DOC] 2.5.2).
      const locked = kind === "doc" && start + 12 <= bytes.byteLength && (view.getUint16(start + 10, true) & 0x0100) !== 0;
      return { kind, locked };
    }
  }
  return { kind: "unknown", locked: false };
}

/** Sectors of a chain, by the allocation table whose first 109 sectors the header names: enough for files of seven megabytes and, of bigger ones, for the directory. */
function* chain(view: DataView, first: number, size: number): Generator<number> {
  const perSector = size / 4;
  let sector = first;
  for (let steps = 0; sector < endOfChain && steps < 1_000; steps += 1) {
    yield sector;
    const table = Math.floor(sector / perSector);
    if (table >= 109) return;
    const at = (view.getUint32(76 + table * 4, true) + 1) * size + (sector % perSector) * 4;
    if (at + 4 > view.byteLength) return;
    sector = view.getUint32(at, true);
  }
}
