import { strToU8, type Zippable, zipSync } from "fflate";

/** Small real files of every format, made on the spot: a repository keeps no binaries. */

const xmlHead = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const relationships = (items: string) =>
  `${xmlHead}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${items}</Relationships>`;
const relation = (id: string, type: string, target: string) =>
  `<Relationship Id="${id}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/${type}" Target="${target}"/>`;

export function zipOf(parts: Readonly<Record<string, string | Uint8Array>>): Uint8Array {
  const files: Zippable = {};
  for (const [name, part] of Object.entries(parts)) files[name] = typeof part === "string" ? strToU8(part) : part;
  return zipSync(files, { level: 6 });
}

/** A DOCX whose body is the given WordprocessingML. */
export function docx(body: string, more: Readonly<Record<string, string>> = {}): Uint8Array {
  return zipOf({
    "[Content_Types].xml": `${xmlHead}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`,
    "_rels/.rels": relationships(relation("rId1", "officeDocument", "word/document.xml")),
    "word/document.xml": `${xmlHead}<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>${body}</w:body></w:document>`,
    "word/styles.xml": `${xmlHead}<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/></w:style></w:styles>`,
    "word/_rels/document.xml.rels": relationships(relation("rId1", "styles", "styles.xml")),
    "docProps/core.xml": `${xmlHead}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Регламент</dc:title><dc:creator>Иванов И. И.</dc:creator></cp:coreProperties>`,
    ...more,
  });
}

export const paragraph = (text: string, style?: string) =>
  `<w:p>${style ? `<w:pPr><w:pStyle w:val="${style}"/></w:pPr>` : ""}<w:r><w:t xml:space="preserve">${text}</w:t></w:r></w:p>`;
export const table = (rows: readonly (readonly string[])[]) =>
  `<w:tbl>${rows.map((row) => `<w:tr>${row.map((cell) => `<w:tc>${paragraph(cell)}</w:tc>`).join("")}</w:tr>`).join("")}</w:tbl>`;

export function xlsx(sheets: readonly { readonly name: string; readonly hidden?: boolean; readonly rows: string }[]): Uint8Array {
  const parts: Record<string, string> = {
    "[Content_Types].xml": `${xmlHead}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>`,
    "_rels/.rels": relationships(relation("rId1", "officeDocument", "xl/workbook.xml")),
    "xl/workbook.xml": `${xmlHead}<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>${sheets
      .map(
        (sheet, index) =>
          `<sheet name="${sheet.name}" sheetId="${index + 1}"${sheet.hidden ? ' state="hidden"' : ""} r:id="rId${index + 1}"/>`,
      )
      .join("")}</sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": relationships(
      sheets.map((_, index) => relation(`rId${index + 1}`, "worksheet", `worksheets/sheet${index + 1}.xml`)).join("") +
        relation("rId99", "styles", "styles.xml"),
    ),
    "xl/styles.xml": `${xmlHead}<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>`,
  };
  for (const [index, sheet] of sheets.entries()) {
    parts[`xl/worksheets/sheet${index + 1}.xml`] =
      `${xmlHead}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>${sheet.rows}</sheetData></worksheet>`;
  }
  return zipOf(parts);
}

export const textCell = (place: string, text: string) => `<c r="${place}" t="inlineStr"><is><t>${text}</t></is></c>`;

export function pptx(): Uint8Array {
  const shape = (type: string | undefined, text: string) =>
    `<p:sp><p:nvSpPr><p:nvPr>${type ? `<p:ph type="${type}"/>` : ""}</p:nvPr></p:nvSpPr><p:txBody><a:p><a:r><a:t>${text}</a:t></a:r></a:p></p:txBody></p:sp>`;
  const slide = (inside: string, tag = "sld") =>
    `${xmlHead}<p:${tag} xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><p:cSld><p:spTree>${inside}</p:spTree></p:cSld></p:${tag}>`;
  const row = (...cells: string[]) =>
    `<a:tr>${cells.map((cell) => `<a:tc><a:txBody><a:p><a:r><a:t>${cell}</a:t></a:r></a:p></a:txBody></a:tc>`).join("")}</a:tr>`;
  return zipOf({
    "ppt/presentation.xml": `${xmlHead}<p:presentation xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><p:sldIdLst><p:sldId id="256" r:id="rId2"/><p:sldId id="257" r:id="rId1"/></p:sldIdLst></p:presentation>`,
    "ppt/_rels/presentation.xml.rels": relationships(
      relation("rId1", "slide", "slides/slide1.xml") + relation("rId2", "slide", "slides/slide2.xml"),
    ),
    "ppt/slides/slide1.xml": slide(
      shape("body", "Рост продаж 12 %") +
        shape("sldNum", "2") +
        `<a:tbl><a:tblPr><a:tableStyleId>{5C22544A-7EE6-4342-B048-85BDC9FD1C3A}</a:tableStyleId></a:tblPr>${row("Месяц", "Сумма")}${row("Март", "1 200")}</a:tbl>` +
        shape("title", "Итоги квартала"),
    ),
    "ppt/slides/_rels/slide1.xml.rels": relationships(relation("rId1", "notesSlide", "../notesSlides/notesSlide1.xml")),
    "ppt/notesSlides/notesSlide1.xml": slide(shape("body", "Сказать про акцию") + shape("sldNum", "2"), "notes"),
    "ppt/slides/slide2.xml": slide(shape("ctrTitle", "Отчёт отдела продаж")),
  });
}

export function openDocument(kind: "text" | "spreadsheet" | "presentation", body: string): Uint8Array {
  return zipOf({
    mimetype: `application/vnd.oasis.opendocument.${kind}`,
    "content.xml": `${xmlHead}<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"><office:body><office:${kind}>${body}</office:${kind}></office:body></office:document-content>`,
  });
}

/** Russian text in an eight-bit encoding; Node can only decode them, so the table is turned round. */
export function encode(text: string, encoding: "windows-1251" | "koi8-r" | "ibm866"): Uint8Array {
  const decoder = new TextDecoder(encoding);
  const table = new Map(Array.from({ length: 256 }, (_, byte) => [decoder.decode(Uint8Array.of(byte)), byte] as const));
  return Uint8Array.from(Array.from(text, (sign) => table.get(sign) ?? 0x3f));
}

export interface PdfLine {
  readonly text: string;
  readonly size?: number;
}

/** A PDF with a text layer: bytes of windows-1251 under a ToUnicode table (or without one, as broken fonts are). */
export function pdf(pages: readonly (readonly PdfLine[])[], { toUnicode = true } = {}): Uint8Array {
  const objects: string[] = [];
  const add = (body: string) => objects.push(body);
  const pageNumber = (index: number) => 6 + index * 2;
  add("<< /Type /Catalog /Pages 2 0 R >>");
  add(`<< /Type /Pages /Count ${pages.length} /Kids [${pages.map((_, index) => `${pageNumber(index)} 0 R`).join(" ")}] >>`);
  const cmap =
    "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /R def /CMapType 2 def 1 begincodespacerange <00> <FF> endcodespacerange " +
    "5 beginbfrange <20> <7E> <0020> <C0> <FF> <0410> <A8> <A8> <0401> <B8> <B8> <0451> <B9> <B9> <2116> endbfrange endcmap end end";
  add(
    `<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding ${toUnicode ? "/ToUnicode 4 0 R" : ""} /FirstChar 0 /LastChar 255 /Widths [${"500 ".repeat(256)}] /FontDescriptor 5 0 R >>`,
  );
  add(`<< /Length ${cmap.length} >>\nstream\n${cmap}\nendstream`);
  add(
    "<< /Type /FontDescriptor /FontName /Helvetica /Flags 32 /FontBBox [0 0 1000 1000] /ItalicAngle 0 /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >>",
  );
  for (const [index, lines] of pages.entries()) {
    let y = 800;
    const drawn = lines
      .map(({ text, size = 10 }) => {
        y -= size * 1.4;
        const hex = Buffer.from(encode(text, "windows-1251")).toString("hex");
        return `BT /F1 ${size} Tf 1 0 0 1 50 ${y.toFixed(1)} Tm <${hex}> Tj ET`;
      })
      .join("\n");
    add(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents ${pageNumber(index) + 1} 0 R >>`,
    );
    add(`<< /Length ${drawn.length} >>\nstream\n${drawn}\nendstream`);
  }
  return assemble(objects);
}

function assemble(objects: readonly string[], trailer = ""): Uint8Array {
  const pieces = ["%PDF-1.4\n"];
  const offsets: number[] = [];
  let at = pieces[0]?.length ?? 0;
  for (const [index, body] of objects.entries()) {
    offsets.push(at);
    const piece = `${index + 1} 0 obj\n${body}\nendobj\n`;
    pieces.push(piece);
    at += piece.length;
  }
  pieces.push(`xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`);
  for (const offset of offsets) pieces.push(`${String(offset).padStart(10, "0")} 00000 n \n`);
  pieces.push(`trailer\n<< /Size ${objects.length + 1} /Root 1 0 R ${trailer} >>\nstartxref\n${at}\n%%EOF\n`);
  return Buffer.from(pieces.join(""), "latin1");
}

/** A PDF that says it is encrypted with a user password. */
export function lockedPdf(): Uint8Array {
  return assemble(
    [
      "<< /Type /Catalog /Pages 2 0 R >>",
      "<< /Type /Pages /Count 0 /Kids [] >>",
      `<< /Filter /Standard /V 1 /R 2 /P -44 /O <${"ab".repeat(32)}> /U <${"cd".repeat(32)}> >>`,
    ],
    "/Encrypt 3 0 R /ID [<0123456789abcdef0123456789abcdef> <0123456789abcdef0123456789abcdef>]",
  );
}

/** An OLE compound file with one named stream: enough for its kind to be told. */
export function ole(streamName: string, first = new Uint8Array(0)): Uint8Array {
  const size = 512;
  const bytes = new Uint8Array(size * 4);
  const view = new DataView(bytes.buffer);
  bytes.set([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
  view.setUint16(30, 9, true);
  view.setUint32(48, 1, true); // directory in sector 1
  view.setUint32(76, 0, true); // allocation table in sector 0
  for (let entry = 0; entry < 128; entry += 1) view.setUint32(size + entry * 4, 0xffffffff, true);
  view.setUint32(size, 0xfffffffd, true);
  view.setUint32(size + 4, 0xfffffffe, true);
  view.setUint32(size + 8, 0xfffffffe, true);
  const entry = (index: number, name: string, start: number) => {
    const at = size * 2 + index * 128;
    bytes.set(Buffer.from(name, "utf16le"), at);
    view.setUint16(at + 64, name.length * 2 + 2, true);
    view.setUint32(at + 116, start, true);
  };
  entry(0, "Root Entry", 0xfffffffe);
  entry(1, streamName, 2);
  bytes.set(first, size * 3);
  return bytes;
}
