import mammoth from "mammoth";
import { type Archive, repack } from "./archive.js";
import { readHtml } from "./html.js";
import { coreProperties } from "./office.js";
import { type Reading, Unreadable } from "./result.js";

/** DOCX to blocks through mammoth's HTML; its raw text would glue words at soft line breaks and drop footnotes. */
export async function readDocx(archive: Archive): Promise<Reading> {
  const buffer = await repack(archive, (name) =>
    /^(?:\[Content_Types\]\.xml|_rels\/.*|word\/(?!media|embeddings|fonts).*\.(?:xml|rels))$/i.test(name),
  );
  const meta = await coreProperties(archive);
  try {
    const { value } = await mammoth.convertToHtml(
      { buffer },
      {
        styleMap: ["p[style-name='Title'] => h1:fresh", "p[style-name='Subtitle'] => h2:fresh"],
        externalFileAccess: false,
        // Pictures would come back as base64 text.
        convertImage: mammoth.images.imgElement(async () => ({ src: "" })),
      },
    );
    return { ...readHtml(value), meta };
  } catch (error) {
    throw new Unreadable("corrupt", error instanceof Error ? error.message : "mammoth failed");
  }
}
