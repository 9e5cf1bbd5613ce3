import type { Cue, Intent } from "../intent.js";

/** What the product must not do, however it is asked. These outweigh every other grammar. */
export const deletion: Intent = {
  name: "deletion",
  kind: "topic",
  vocabulary: {
    destroy:
      "удали, удалить, удалите, удаляй, удалим, удаление, снеси, снести, сотри, стереть, сотрите, уничтожь, уничтожить, зачисти, очисти базу, почисти базу, грохни, выпили, вычеркни, избавься, delete, deleting, remove, erase, wipe, purge, destroy, get rid of, drop, убей, вырежи, затри, прибей, очисти, вычисти, почисти, избавься от, трэш, clear out, clean out, clear, trash, nuke, kill, throw away, discard",
    record: "запись, записи, база, базу, все, всё, аккаунт, record, records, database, everything, all, account",
  },
  cues: [
    [14, "first:destroy"],
    ...["record", "deal", "lead", "client", "company", "task", "note", "document", "warehouse", "history", "him"].map(
      (thing): Cue => [12, "destroy", thing],
    ),
    [6, "destroy", "#deal"],
    [-20, "asks-how"],
    [-12, "task"],
    [12, "first:destroy", "task"],
    [-14, "write-down"],
    [-14, "remind"],
  ],
  build: () => ({ kind: "say", sentence: "refuseDelete" }),
};

export const databaseWrite: Intent = {
  name: "database-write",
  kind: "topic",
  vocabulary: {
    "sql-write":
      "drop table, drop database, delete from, insert into, truncate, truncate table, alter table, create table, update set, grant all, dml, ddl, create index, drop schema, merge into",
    sql: "sql, скл, запрос к базе, sql-запрос, скуль, эскуэль",
    "sql-run": "выполни, выполнить, запусти, запустить, исполни, прогони, run, execute, exec",
    "sql-verb": "update, insert, delete, drop, alter, truncate, select",
    "sql-part": "set, into, from, table, where, values",
  },
  cues: [
    [40, "sql-write"],
    [12, "sql", "sql-run"],
    [8, "sql", "sql-verb"],
    [16, "sql-run", "sql-verb"],
    [14, "first:sql-verb", "sql-part"],
    [-20, "asks-how"],
  ],
  build: () => ({ kind: "say", sentence: "refuseSql" }),
};

export const secrets: Intent = {
  name: "secrets",
  kind: "topic",
  vocabulary: {
    secret:
      "пароль, пароля, пароли, паролей, паролем, токен, токена, токены, токенов, секрет, секреты, секретный ключ, ключ api, api ключ, апи ключ, ключ доступа, ключи доступа, ключ шифрования, креды, доступы, учетные данные, переменные окружения, password, passwords, token, tokens, secret, secrets, api key, api keys, apikey, access key, credentials, creds, encryption key, env file, environment variables, .env, private key, пин-код, пинкод, ключик, ключи, апи-ключ, логин и пароль, доступ к базе, passphrase, pin code, login credentials, bearer",
    prompt:
      "промпт, промт, промпта, промта, системный промпт, системное сообщение, твои инструкции, свои инструкции, системные инструкции, системную инструкцию, system prompt, your prompt, your instructions, initial instructions, hidden instructions, prompt",
    reveal:
      "покажи, скинь, дай, пришли, напечатай, выведи, назови, скажи, раскрой, процитируй, повтори, напиши, какой, какие, what, show, print, reveal, give, tell, send, output, repeat, leak, share, display, dump",
  },
  cues: [
    [9, "secret", "reveal"],
    [7, "secret"],
    [10, "prompt"],
    [4, "prompt", "reveal"],
    [-8, "secret", "asks-how"],
    [-6, "secret", "document"],
    [-6, "secret", "rule"],
    [-9, "secret", "remind"],
    [-9, "secret", "task"],
    [-9, "secret", "note"],
    [-9, "secret", "write-down"],
  ],
  build: () => ({ kind: "say", sentence: "refuseSecret" }),
};

export const othersRights: Intent = {
  name: "others-rights",
  kind: "topic",
  vocabulary: {
    "in-the-name":
      "от имени, под именем, из-под, под учеткой, под учетной записью, под аккаунтом, с правами, под правами, on behalf, on behalf of, in the name of, act as, pretend to be, impersonate, log in as, login as, as if you were, представь что я, притворись, считай что я, as admin, as administrator, вместо директора, за директора, как админ, как администратор, как директор, под админом, с доступом, as the admin, as the director, as if i were, like an admin",
    rights:
      "права, прав, правами, роль, роли, доступ ко всему, полный доступ, админские, админский доступ, rights, admin rights, permissions, privileges, full access, role of, access to everything",
    "give-rights": "дай, сделай, назначь, выдай, добавь, повысь, расширь, give, make, grant, promote, assign, elevate",
    administrator:
      "админ, админа, админом, администратор, администратора, администратором, суперпользователь, root, admin, administrator, superuser",
    "ignore-rules":
      "игнорируй, забудь инструкции, забудь правила, проигнорируй, обойди, обойти, ignore, ignore previous, ignore all, disregard, bypass, override, jailbreak, developer mode",
  },
  cues: [
    [14, "in-the-name"],
    [10, "rights", "give-rights"],
    [10, "administrator", "give-rights", "me"],
    [5, "rights", "administrator"],
    [10, "ignore-rules", "prompt"],
    [9, "ignore-rules", "rights"],
    [8, "ignore-rules", "rule"],
    [8, "ignore-rules", "document"],
    [9, "first:ignore-rules"],
    [-12, "asks-how"],
    [-10, "task"],
    [-10, "remind"],
    [-10, "note"],
    [-10, "write-down"],
  ],
  build: () => ({ kind: "say", sentence: "refuseRights" }),
};
