import { createHash } from "node:crypto";
import { type SandboxServer, startServer } from "../http.js";
import type { Attachment } from "./store.js";

/** The host that Cloud's downloads lead to: addresses are signed, and a request that brings credentials is turned away. */
export interface Media {
  urlOf(attachment: Attachment): string;
  close(): Promise<void>;
}

export async function startMedia(attachments: ReadonlyMap<string, Attachment>): Promise<Media> {
  const signature = ({ id, version }: Attachment): string =>
    createHash("sha256").update(`media ${id} ${version}`).digest("hex").slice(0, 24);
  const server: SandboxServer = await startServer({
    handler: ({ path, url, headers }) => {
      if (headers.authorization !== undefined) return { status: 400, body: { error: "Only one auth mechanism allowed" } };
      const attachment = attachments.get(path.replace("/file/", ""));
      if (!attachment || url.searchParams.get("signature") !== signature(attachment))
        return { status: 403, body: { error: "Request has expired" } };
      return { status: 200, headers: { "content-type": attachment.mediaType }, body: Buffer.from(attachment.content, "base64") };
    },
  });
  return {
    urlOf: (attachment) => `${server.url}/file/${attachment.id}?signature=${signature(attachment)}`,
    close: () => server.close(),
  };
}
