import { z } from "zod";
import { AccessDenied, type ErrorDetails, NotFound, RequestRefused, SvyazError, SystemUnavailable } from "../../domain/errors.js";
import type { FileRef } from "../../domain/message.js";
import type { Slack } from "./api.js";
import type { FilePart } from "./render.js";

/** Nothing larger is read, whatever Slack would hand out. */
const mostBytes = 20 * 1024 * 1024;
const transferMs = 60_000;
const fileHost = "files.slack.com";

const Place = z.object({ upload_url: z.url(), file_id: z.string() });
const Shared = z.object({ ok: z.literal(true) });
const Info = z.object({
  file: z.object({
    size: z.number().optional(),
    mimetype: z.string().optional(),
    url_private_download: z.url().optional(),
    url_private: z.url().optional(),
  }),
});

/**
 * Three steps: a place, the bytes, the message (docs.slack.dev, "Working with files"). The bytes go without the token, which
 * the address does not need. Only the last step shows anything, so only its outcome can be unknown.
 */
export async function uploadFile(
  slack: Slack,
  { name, title, bytes, alt }: FilePart,
  where: { readonly channel_id: string; readonly thread_ts?: string },
): Promise<string> {
  const details: ErrorDetails = { system: "slack", operation: "files.upload" };
  // Slack takes no file without content.
  if (bytes.length === 0) throw new RequestRefused(`slack: file "${name}" is empty`, details);
  const place = await slack.call("files.getUploadURLExternal", { filename: name, length: bytes.length, alt_text: alt }, Place);
  checkHost(place.upload_url, slack, name);
  await transfer(slack, name, details, async () => {
    const headers = { "content-type": "application/octet-stream" };
    const response = await fetch(place.upload_url, {
      method: "POST",
      headers,
      body: bytes,
      redirect: "error",
      signal: AbortSignal.timeout(transferMs),
    });
    await response.arrayBuffer();
    if (!response.ok) throw new SystemUnavailable(`slack: file "${name}" was not taken: HTTP ${response.status}`, details);
  });
  await slack.call("files.completeUploadExternal", { files: [{ id: place.file_id, title }], ...where }, Shared);
  return place.file_id;
}

/**
 * The bytes of a file somebody sent. Larger than 20 MB is refused before anything is fetched, and again while it arrives.
 * The token goes to Slack's file host alone, whatever host the answer names.
 */
export async function downloadFile(slack: Slack, file: FileRef, signal: AbortSignal): Promise<Uint8Array> {
  const details: ErrorDetails = { system: "slack", operation: "files.info" };
  const refuseLarge = (bytes: number) => {
    if (bytes > mostBytes) throw new RequestRefused(`slack: file "${file.name}" is larger than 20 MB`, details);
  };
  refuseLarge(file.bytes ?? 0);
  const { file: info } = await slack.call("files.info", { file: file.id }, Info);
  refuseLarge(info.size ?? 0);
  const address = info.url_private_download ?? info.url_private;
  if (address === undefined) throw new NotFound(`slack: file "${file.name}" can no longer be fetched`, details);
  checkHost(address, slack, file.name);
  signal.throwIfAborted();

  return transfer(slack, file.name, details, async () => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(transferMs)]);
    const response = await fetch(address, { headers: { authorization: `Bearer ${slack.token}` }, redirect: "error", signal: limit }).catch(
      (error: unknown) => {
        signal.throwIfAborted();
        throw error;
      },
    );
    if (response.status === 404) throw new NotFound(`slack: file "${file.name}" can no longer be fetched`, details);
    if (!response.ok || !response.body) throw new SystemUnavailable(`slack: file "${file.name}": HTTP ${response.status}`, details);
    // Without the right to read files Slack answers with its sign-in page, and with 200.
    if (response.headers.get("content-type")?.startsWith("text/html") && info.mimetype !== "text/html") {
      throw new AccessDenied(`slack: file "${file.name}" is not shown to the app; it needs files:read`, details, "system");
    }
    const chunks: Uint8Array[] = [];
    let received = 0;
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      received += chunk.length;
      refuseLarge(received);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  });
}

async function transfer<T>(slack: Slack, name: string, details: ErrorDetails, move: () => Promise<T>): Promise<T> {
  try {
    return await move();
  } catch (error) {
    if (error instanceof SvyazError || (error instanceof DOMException && error.name === "AbortError")) throw error;
    const cause = new Error(slack.hide(String(error)));
    throw new SystemUnavailable(`slack: file "${name}" did not get through`, { ...details, cause });
  }
}

function checkHost(address: string, slack: Slack, name: string): void {
  const { protocol, host } = new URL(address);
  const own = new URL(slack.apiUrl);
  if ((protocol === "https:" && host === fileHost) || (protocol === own.protocol && host === own.host)) return;
  throw new RequestRefused(`slack: file "${name}" lies outside of ${fileHost}`, { system: "slack", operation: "files" });
}
