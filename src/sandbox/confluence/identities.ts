import { createHash } from "node:crypto";
import type { Company } from "../company.js";

export type Edition = "cloud" | "data-center";

/** The technical account: an administrator who sees everything. Its e-mail is `svyaz@example.com`. */
export const SERVICE_ACCOUNT = "svyaz";

/** Somebody who can sign in, by all the names the editions give them. */
export interface Account {
  /** Id of the employee, or `SERVICE_ACCOUNT`. */
  readonly id: string;
  readonly displayName: string;
  readonly email: string;
  readonly accountId: string;
  readonly userKey: string;
  readonly isAdmin: boolean;
}

export interface Identities {
  readonly accounts: readonly Account[];
  byId(id: string): Account;
  /** By Cloud's `accountId`, Data Center's `userKey` or `username`. */
  find(name: string): Account | undefined;
  groupId(name: string): string;
}

export function createIdentities(company: Company): Identities {
  const account = (id: string, displayName: string, email: string): Account => ({
    id,
    displayName,
    email,
    accountId: `712020:${digest(`account ${id}`).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5")}`,
    userKey: digest(`user ${id}`).slice(0, 32),
    isAdmin: id === SERVICE_ACCOUNT,
  });
  const accounts = [
    account(SERVICE_ACCOUNT, "Svyaz", "svyaz@example.com"),
    ...company.employees.map(({ id, name, email }) => account(id, name, email)),
  ];
  const byId = new Map(accounts.map((one) => [one.id, one]));
  return {
    accounts,
    byId: (id) => {
      const found = byId.get(id);
      if (!found) throw new Error(`sandbox: nobody called ${id} in Confluence`);
      return found;
    },
    find: (name) => accounts.find(({ id, accountId, userKey }) => [id, accountId, userKey].includes(name)),
    groupId: (name) => digest(`group ${name}`).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5"),
  };
}

/** A person as each edition shows them to others: without an e-mail, which profiles hide. */
export function userJson(edition: Edition, account: Account): Record<string, unknown> {
  const { displayName } = account;
  if (edition === "data-center") return { type: "known", username: account.id, userKey: account.userKey, displayName };
  return { type: "known", accountId: account.accountId, accountType: "atlassian", email: "", publicName: displayName, displayName };
}

export function groupJson(identities: Identities, name: string): Record<string, unknown> {
  return { type: "group", name, id: identities.groupId(name) };
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
