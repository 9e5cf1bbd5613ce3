import type { Alerts } from "../domain/alert.js";
import type { Language } from "../domain/people.js";
import type { SignInOwner, SignIns } from "../domain/sign-in.js";
import type { Database } from "../platform/database.js";
import { texts } from "../text/texts.js";

/** The table of sign-ins. A loss is an alert once, until somebody signs in again or the sign-in is given up. */
export function createSignIns({
  database,
  alerts,
  titleOf,
  language,
  now,
}: {
  readonly database: Database;
  readonly alerts: Alerts;
  readonly titleOf: (system: string) => string;
  readonly language: Language;
  readonly now: () => Date;
}): SignIns {
  /** True when it was not so before. */
  const set = async ({ system, person = "" }: SignInOwner, state: "connected" | "reconnect"): Promise<boolean> => {
    const { rowCount } = await database.query(
      `insert into sign_ins (system, person, state, since) values ($1, $2, $3, $4)
       on conflict (system, person) do update set state = $3, since = $4 where sign_ins.state <> $3`,
      [system, person, state, now()],
    );
    return (rowCount ?? 0) > 0;
  };
  const keyOf = ({ system, person }: SignInOwner) => `signin:${system}${person === undefined ? "" : `:${person}`}`;

  const appKey = (system: string) => `signin-app:${system}`;

  return {
    async state({ system, person = "" }) {
      const { rows } = await database.query<{ state: "connected" | "reconnect" }>(
        "select state from sign_ins where system = $1 and person = $2",
        [system, person],
      );
      return rows[0]?.state;
    },

    async connected(owner) {
      await set(owner, "connected");
      await alerts.resolve(keyOf(owner));
    },

    async lost(owner) {
      if (!(await set(owner, "reconnect"))) return;
      const words = texts(language).connect;
      const { system, person } = owner;
      await alerts.raise({
        key: keyOf(owner),
        level: person === undefined ? "critical" : "warning",
        title: words.lostTitle(titleOf(system), person),
        text: words.lostText(titleOf(system), system, person),
        system,
      });
    },

    async forgotten(owner) {
      await database.query("delete from sign_ins where system = $1 and person = $2", [owner.system, owner.person ?? ""]);
      await alerts.resolve(keyOf(owner));
    },

    async appRefused(system, variables) {
      const words = texts(language).connect;
      const title = titleOf(system);
      await alerts.raise({
        key: appKey(system),
        level: "critical",
        title: words.appRefusedTitle(title),
        text: words.appRefusedText(title, variables),
        system,
      });
    },

    async appTaken(system) {
      await alerts.resolve(appKey(system));
    },

    async toReconnect() {
      const { rows } = await database.query<{ system: string; person: string }>(
        "select system, person from sign_ins where state = 'reconnect' order by system, person",
      );
      return rows.map(({ system, person }) => (person === "" ? { system } : { system, person }));
    },
  };
}
