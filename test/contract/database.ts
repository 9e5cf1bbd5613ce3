import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { insideTransaction, type Database } from "../../src/platform/database.js";

/** What every engine behind `Database` promises. `open` gives an empty one with the extensions; the suite closes it. */
export function databaseContract(name: string, open: () => Promise<Database>): void {
  describe(`${name} as a database`, () => {
    let database: Database;
    beforeAll(async () => {
      database = await open();
      await database.query("create table things (id bigint generated always as identity primary key, name text unique, body jsonb)");
    });
    afterAll(() => database.close());

    const count = async () => Number((await database.query<{ n: string }>("select count(*) as n from things")).rows[0]?.n);

    it("gives moments as Date, exact numbers and days as text, JSON parsed", async () => {
      const { rows } = await database.query(
        `select '2026-11-20T12:00:00.123+03'::timestamptz as at, 9007199254740993::bigint as big, 1250000.10::numeric as exact,
                '2026-03-29'::date as day, '{"a":[1,null]}'::jsonb as body, 1.5::float8 as ratio, 7 as small, true as yes, null as nothing,
                array[9007199254740993]::bigint[] as bigs, array[0.10]::numeric[] as exacts, array['2026-03-29']::date[] as days,
                array['a,b', null, '"'] as texts`,
      );
      expect(rows[0]).toEqual({
        at: new Date("2026-11-20T09:00:00.123Z"),
        big: "9007199254740993",
        exact: "1250000.10",
        day: "2026-03-29",
        body: { a: [1, null] },
        ratio: 1.5,
        small: 7,
        yes: true,
        nothing: null,
        bigs: ["9007199254740993"],
        exacts: ["0.10"],
        days: ["2026-03-29"],
        texts: ["a,b", null, '"'],
      });
    });

    it("takes values back as it gave them", async () => {
      const at = new Date("2026-11-20T09:00:00.123Z");
      const ugly = "Ромашка «ООО» '; drop table things; -- 🌼\n\t\\";
      const { rows } = await database.query(
        "select $1::timestamptz as at, $2::text as text, $3::jsonb as body, $4::text[] as texts, $5::bytea as bytes, $6::bigint as big, $7::text as empty",
        [at, ugly, { a: ugly }, [ugly, "", null, "NULL", "{}"], new Uint8Array([0, 255, 10]), 2n ** 60n, null],
      );
      expect(rows[0]).toEqual({
        at,
        text: ugly,
        body: { a: ugly },
        texts: [ugly, "", null, "NULL", "{}"],
        bytes: Buffer.from([0, 255, 10]),
        big: (2n ** 60n).toString(),
        empty: null,
      });
    });

    it("cuts days and hours in UTC whatever the machine's zone is", async () => {
      const { rows } = await database.query(
        "select date_trunc('day', '2026-11-20T23:30:00Z'::timestamptz) as day, current_setting('TimeZone') as zone",
      );
      expect(rows[0]?.["day"]).toEqual(new Date("2026-11-20T00:00:00Z"));
    });

    it("goes on working after a refused statement, with and without parameters", async () => {
      await expect(database.query("select nonsense")).rejects.toMatchObject({ code: "42703" });
      await expect(database.query("select $1::int", ["x"])).rejects.toMatchObject({ code: "22P02" });
      await expect(database.query("select 1/$1::int", [0])).rejects.toMatchObject({ code: "22012" });
      await database.query("insert into things (name) values ('only one')");
      await expect(database.query("insert into things (name) values ($1)", ["only one"])).rejects.toMatchObject({ code: "23505" });
      expect((await database.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
    });

    it("runs several statements at once when there are no values, and says how many rows the last one touched", async () => {
      const result = await database.query(
        "insert into things (name) values ('m1'), ('m2'); update things set body = '{}' where name like 'm_'",
      );
      expect(result.rowCount).toBe(2);
    });

    it("answers a hundred queries asked at the same moment, each with its own answer", async () => {
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, index) => database.query<{ n: number }>("select $1::int as n", [index])),
      );
      expect(answers.map(({ rows }) => rows[0]?.n)).toEqual(Array.from({ length: 100 }, (_, index) => index));
    });

    it("carries megabytes each way", async () => {
      const long = "Ж".repeat(2_000_000);
      const { rows } = await database.query<{ text: string }>("select $1::text as text", [long]);
      expect(rows[0]?.text === long).toBe(true);
      const many = await database.query("select n, md5(n::text) as hash from generate_series(1, 50000) n");
      expect(many.rowCount).toBe(50_000);
    });

    it("inserts many rows in one statement through arrays", async () => {
      const names = Array.from({ length: 20_000 }, (_, index) => `bulk ${index}`);
      const { rowCount } = await database.query("insert into things (name) select * from unnest($1::text[])", [names]);
      expect(rowCount).toBe(20_000);
    });

    it("keeps what a transaction did when it resolves, and nothing when it rejects", async () => {
      const before = await count();
      const answer = await database.transaction(async (tx) => {
        await tx.query("insert into things (name) values ('kept')");
        return "answer";
      });
      expect(answer).toBe("answer");
      const failure = database.transaction(async (tx) => {
        await tx.query("insert into things (name) values ('lost')");
        throw new Error("changed my mind");
      });
      await expect(failure).rejects.toThrow("changed my mind");
      expect(await count()).toBe(before + 1);
    });

    it("rolls back and says so when a failed statement inside a transaction was swallowed", async () => {
      const before = await count();
      const failure = database.transaction(async (tx) => {
        await tx.query("insert into things (name) values ('half')");
        await tx.query("select nonsense").catch(() => undefined);
      });
      await expect(failure).rejects.toThrow("rolled back");
      expect(await count()).toBe(before);
    });

    it("refuses the database itself inside a transaction instead of waiting for ever", async () => {
      await database.transaction(async (tx) => {
        expect(insideTransaction()).toBe(true);
        await expect(database.query("select 1")).rejects.toThrow("the transaction's own client");
        await expect(database.transaction(async () => undefined)).rejects.toThrow("the transaction's own client");
        await tx.query("select 1");
      });
      expect(insideTransaction()).toBe(false);
    });

    it("lets work that a transaction started use the database once the transaction is over", async () => {
      let later: Promise<unknown> = Promise.resolve();
      let leaked: { query(text: string): Promise<unknown> } | undefined;
      await database.transaction(async (tx) => {
        leaked = tx;
        later = new Promise((resolve) => setTimeout(resolve, 50)).then(() => database.query("select 1"));
      });
      await expect(later).resolves.toMatchObject({ rowCount: 1 });
      await expect(leaked?.query("select 1")).rejects.toThrow("after the transaction's end");
    });

    it("gives a row to one of many who claim it", async () => {
      await database.query("insert into things (name, body) values ('claim', '{\"state\":\"pending\"}')");
      const claims = await Promise.all(
        Array.from({ length: 8 }, () =>
          database.query(`update things set body = '{"state":"running"}' where name = 'claim' and body->>'state' = 'pending' returning id`),
        ),
      );
      expect(claims.filter(({ rowCount }) => rowCount === 1)).toHaveLength(1);
    });

    it("knows vectors, trigrams and Russian word forms", async () => {
      const { rows } = await database.query(
        `select '[1,0]'::vector <=> '[0,1]'::vector as distance, similarity('ромашка', 'ромашки') > 0.5 as alike,
                to_tsvector('russian', 'Договоры с поставщиком') @@ plainto_tsquery('russian', 'договор поставщика') as found`,
      );
      expect(rows[0]).toEqual({ distance: 1, alike: true, found: true });
    });
  });
}
