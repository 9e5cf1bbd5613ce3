import { type ErrorDetails, NotFound, RequestRefused, SystemUnavailable } from "../../domain/errors.js";
import type { FileRef } from "../../domain/message.js";
import type { Telegram } from "./api.js";

/** The Bot API hands out nothing larger (core.telegram.org/bots/api#getfile). */
const mostBytes = 20 * 1024 * 1024;
const downloadMs = 60_000;

/**
 * The bytes of a file somebody sent. Larger than 20 MB is refused before anything is fetched, and again while it arrives:
 * sizes named by the sender's side are hints. The address holds the bot's token, so no error carries it.
 */
export async function downloadFile(telegram: Telegram, file: FileRef, signal: AbortSignal): Promise<Uint8Array> {
  refuseLarge(file.bytes ?? 0, file);
  const { file_path: path, file_size: bytes = 0 } = await telegram.call("getFile", () => telegram.api.getFile(file.id));
  refuseLarge(bytes, file);
  if (path === undefined) throw new NotFound(`telegram: file "${file.name}" can no longer be fetched`, detailsOf());
  signal.throwIfAborted();

  const address = `${telegram.apiRoot}/file/bot${telegram.token}/${path.split("/").map(encodeURIComponent).join("/")}`;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(downloadMs)]);
  try {
    const response = await fetch(address, { signal: limit, redirect: "error" });
    if (response.status === 404) throw new NotFound(`telegram: file "${file.name}" can no longer be fetched`, detailsOf());
    if (!response.ok || !response.body) throw new SystemUnavailable(`telegram: file "${file.name}": HTTP ${response.status}`, detailsOf());
    const chunks: Uint8Array[] = [];
    let received = 0;
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      received += chunk.length;
      refuseLarge(received, file);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    if (error instanceof NotFound || error instanceof RequestRefused || error instanceof SystemUnavailable) throw error;
    signal.throwIfAborted();
    const cause = new Error(telegram.hide(String(error)));
    throw new SystemUnavailable(`telegram: file "${file.name}" did not arrive`, detailsOf(cause));
  }
}

function refuseLarge(bytes: number, file: FileRef): void {
  if (bytes > mostBytes) throw new RequestRefused(`telegram: file "${file.name}" is larger than 20 MB`, detailsOf());
}

function detailsOf(cause?: unknown): ErrorDetails {
  return { system: "telegram", operation: "getFile", cause };
}
