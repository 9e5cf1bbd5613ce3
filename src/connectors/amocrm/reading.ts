import type { Http } from "../../domain/connector.js";
import { SystemUnavailable } from "../../domain/errors.js";
import type { Schema } from "../../domain/schema.js";

export type Pairs = readonly (readonly [string, string])[];

/** Where in a list the next page begins: rows passed over, and how many are asked for at once. */
export interface Place {
  readonly offset: number;
  readonly limit: number;
}

/** What every list's answer comes to. */
export interface Rows<Row> {
  readonly rows: readonly Row[];
  readonly more: boolean;
}

/** The most rows of a page the vendor gives is 250; 240 can be halved four times. Events come by 100. */
export const wholePage = 240;
export const eventPage = 100;

/** 504: the list is too heavy for one answer, which another try of the same would be, too. */
class TooHeavy extends SystemUnavailable {}

export type Reader = ReturnType<typeof createReader>;

/** Reads lists page by page; a page the vendor cannot finish is asked for again in halves. */
export function createReader(http: Http, system: string) {
  async function page<Row>(
    path: string,
    answer: Schema<Rows<Row>>,
    query: Pairs,
    place: Place,
    signal?: AbortSignal,
  ): Promise<{ readonly rows: readonly Row[]; readonly next?: Place }> {
    const { offset, limit } = place;
    try {
      const { rows, more } = await http.request({
        method: "GET",
        path: `/api/v4${path}`,
        query: [...query, ["limit", String(limit)], ["page", String(offset / limit + 1)]],
        answer,
        refusal: (status) =>
          status === 504
            ? new TooHeavy(`${system}: GET ${path}: answered 504 for ${limit} rows`, { system, operation: `GET ${path}` })
            : undefined,
        signal,
      });
      return { rows, next: more ? { offset: offset + limit, limit } : undefined };
    } catch (error) {
      if (error instanceof TooHeavy && limit % 2 === 0) return page(path, answer, query, { offset, limit: limit / 2 }, signal);
      throw error;
    }
  }

  return {
    page,

    async all<Row>(path: string, answer: Schema<Rows<Row>>, query: Pairs = [], limit = wholePage): Promise<readonly Row[]> {
      const found: Row[] = [];
      for (let place: Place | undefined = { offset: 0, limit }; place; ) {
        const got: { readonly rows: readonly Row[]; readonly next?: Place } = await page(path, answer, query, place);
        found.push(...got.rows);
        place = got.next;
      }
      return found;
    },

    /** One thing by id; amoCRM answers 204 for what is gone or never was. */
    one<T>(path: string, answer: Schema<T>, query: Pairs = [], signal?: AbortSignal): Promise<T> {
      return http.request({ method: "GET", path: `/api/v4${path}`, query, answer, signal });
    },
  };
}

/** `filter[id][]=1&filter[id][]=2`: PHP's way of writing a list. */
export function many(name: string, values: readonly string[]): Pairs {
  return values.map((value) => [`${name}[]`, value] as const);
}

/** Ids in parts that a URL can carry. */
export function parts<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}

export function unix(at: Date): string {
  return String(Math.floor(at.getTime() / 1_000));
}
