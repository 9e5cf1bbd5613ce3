import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { confluence } from "../../../src/connectors/confluence/index.js";
import { openHarness } from "../harness.js";

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  readonly body: string;
}

export interface Given {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Answers by path; a function sees what was asked. What is not listed answers 404 as Confluence does. */
export type Answers = Record<string, Given | ((asked: Asked) => Given)>;

/** A few published answers over real HTTP, for what no sandbox can be brought to say. */
export async function startAnswers(answers: Answers) {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const url = new URL(request.url ?? "/", "http://127.0.0.1");
      const one = {
        method: request.method ?? "",
        path: decodeURIComponent(url.pathname),
        query: url.searchParams,
        authorization: request.headers.authorization,
        body,
      };
      asked.push(one);
      const answer = answers[one.path] ?? { status: 404, body: { statusCode: 404, message: "No content" } };
      const given = typeof answer === "function" ? answer(one) : answer;
      const bytes = given.body instanceof Uint8Array ? given.body : JSON.stringify(given.body ?? {});
      response.writeHead(given.status ?? 200, { "content-type": "application/json", ...given.headers });
      response.end(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    asked,
    paths: () => asked.map(({ path }) => path),
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

/** The connector opened for Svyaz itself over such answers. */
export async function openOver(url: string, edition: "cloud" | "data-center", more: Record<string, string> = {}) {
  const secrets: Record<string, string> =
    edition === "cloud" ? { CONFLUENCE_EMAIL: "svyaz@example.com", CONFLUENCE_API_TOKEN: "cloud-token" } : { CONFLUENCE_TOKEN: "dc-token" };
  const environment: Record<string, string> = {
    CONFLUENCE_BASE_URL: url,
    CONFLUENCE_EDITION: edition,
    CONFLUENCE_REQUESTS_PER_SECOND: "100",
    ...secrets,
    ...more,
  };
  const harness = openHarness([confluence], environment, { patience: { pauseMs: 1, budgetMs: 500, attempts: 2 } });
  return { ...harness, opened: await harness.systems.forSvyaz("confluence") };
}

export const list = (results: readonly unknown[], next?: string): Given => ({
  body: { results, _links: next === undefined ? {} : { next } },
});

const by = { accountId: "acc-anna-0001", username: "anna", displayName: "Анна Иванова" };

/** A page as v1 tells it. */
export function pageV1(id: string, more: Record<string, unknown> = {}) {
  return {
    id,
    type: "page",
    status: "current",
    title: `Страница ${id}`,
    space: { id: 7, key: "HR", name: "Кадры" },
    version: { number: 3, when: "2026-11-19T10:00:00.000+03:00", by },
    ancestors: [],
    body: { storage: { value: `<p>Текст ${id}</p>`, representation: "storage" } },
    _links: { webui: `/display/HR/${id}` },
    ...more,
  };
}

/** A page as v2 tells it. */
export function pageV2(id: string, more: Record<string, unknown> = {}) {
  return {
    id,
    status: "current",
    title: `Страница ${id}`,
    spaceId: "7",
    parentId: null,
    parentType: null,
    authorId: "acc-anna-0001",
    version: { number: 3, createdAt: "2026-11-19T07:00:00.000Z", authorId: "acc-anna-0001" },
    body: { storage: { value: `<p>Текст ${id}</p>`, representation: "storage" } },
    _links: { webui: `/spaces/HR/pages/${id}` },
    ...more,
  };
}

export function restriction(users: readonly unknown[] = [], groups: readonly unknown[] = []) {
  const read = {
    operation: "read",
    restrictions: { user: { results: users, size: users.length }, group: { results: groups, size: groups.length } },
  };
  return { read, update: { operation: "update", restrictions: { user: { results: [] }, group: { results: [] } } } };
}

export const open = { body: restriction() };
