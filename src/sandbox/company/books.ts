import { inn } from "./clients.js";
import type { CompanyClient } from "./types.js";

/** A client as accounting has typed it in, which is not always as sales did. */
export interface BookedClient {
  readonly inn: string;
  readonly phones: readonly string[];
  readonly emails: readonly string[];
}

/** Of this many clients one is kept each way; the first are the stories' own and are kept without mistakes. */
const everyTh = 72;
const firstKept = 20;

/**
 * What bookkeeping knows of a client: most are as in sales. Some have no INN in the books, some neither INN nor the contacts that
 * sales has, some another telephone, and some an INN that belongs to nobody: the errors that every company's two systems have.
 */
export function inBooks(client: CompanyClient, at: number): BookedClient {
  const own = { inn: client.inn ?? "", phones: client.phones, emails: client.emails };
  if (at < firstKept || client.kind !== "company") return own;
  const accountant = [`+7 900 002-${String(Math.floor(at / 100)).padStart(2, "0")}-${String(at % 100).padStart(2, "0")}`];
  switch (at % everyTh) {
    case 21:
      return { ...own, inn: "" };
    case 39:
      return { inn: "", phones: accountant, emails: [] };
    case 57:
      return { ...own, phones: accountant };
    case 66:
      return { ...own, inn: client.inn === undefined ? "" : inn(client.inn.length === 12 ? 12 : 10, 5_000 + at) };
    default:
      return own;
  }
}
