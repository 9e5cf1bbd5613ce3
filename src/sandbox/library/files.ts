import { crc32 } from "node:zlib";
import type { LibraryAttachment } from "./types.js";

type File = Omit<LibraryAttachment, "id">;

export const textFile = (name: string, says: string): File => file(name, "text/plain", says, `${says}\n`);
export const markdownFile = (name: string, title: string, says: string): File =>
  file(name, "text/markdown", says, `# ${title}\n\n${says}\n`);
export const htmlFile = (name: string, title: string, says: string): File =>
  file(
    name,
    "text/html",
    says,
    `<!DOCTYPE html><html><head><title>${title}</title></head><body><h1>${title}</h1><p>${says}</p></body></html>`,
  );
export const csvFile = (name: string, says: string, rows: readonly (readonly string[])[]): File =>
  file(name, "text/csv", says, rows.map((row) => row.join(";")).join("\r\n"));

/** The smallest document that word processors open: one part with paragraphs. */
export function docxFile(name: string, says: string, lines: readonly string[]): File {
  const text = lines.map((line) => `<w:p><w:r><w:t xml:space="preserve">${line}</w:t></w:r></w:p>`).join("");
  const xml = (body: string): Buffer => Buffer.from(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>${body}`, "utf8");
  const bytes = storedZip([
    [
      "[Content_Types].xml",
      xml(
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
      ),
    ],
    [
      "_rels/.rels",
      xml(
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
      ),
    ],
    [
      "word/document.xml",
      xml(`<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>${text}</w:body></w:document>`),
    ],
  ]);
  return { name, mediaType: "application/vnd.openxmlformats-officedocument.wordprocessingml.document", bytes, says };
}

/** One page of Latin text in a standard font; offsets are counted, as strict readers want them. */
export function pdfFile(name: string, says: string, lines: readonly string[]): File {
  const shown = lines.map((line, at) => `${at === 0 ? "" : "0 -18 Td "}(${line.replace(/[()\\]/g, "\\$&")}) Tj`).join(" ");
  const stream = `BT /F1 12 Tf 72 760 Td ${shown} ET`;
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
  ];
  let body = "%PDF-1.4\n";
  const offsets = objects.map((object, at) => {
    const offset = body.length;
    body += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return String(offset).padStart(10, "0");
  });
  const table = ["0000000000 65535 f ", ...offsets.map((offset) => `${offset} 00000 n `)].join("\n");
  const end = `xref\n0 ${objects.length + 1}\n${table}\ntrailer << /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${body.length}\n%%EOF\n`;
  return { name, mediaType: "application/pdf", bytes: Buffer.from(body + end, "latin1"), says };
}

function file(name: string, mediaType: string, says: string, content: string): File {
  return { name, mediaType, bytes: Buffer.from(content, "utf8"), says };
}

/** A ZIP archive without compression: local headers, central directory, end record. */
function storedZip(entries: readonly (readonly [string, Buffer])[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of entries) {
    const path = Buffer.from(name, "utf8");
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x0800, 2);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(content.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(path.length, 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), common, path, content]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x00", "latin1"), common, tail, path]));
    parts.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", 0, "latin1");
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, central, end]);
}
