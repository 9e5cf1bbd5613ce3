import { Refusal, type SandboxAnswer } from "../http.js";

/** v1's error body. */
export function refuse(status: number, message: string): Refusal {
  return new Refusal({ status, body: { statusCode: status, data: NOTHING_WRONG, message } });
}

/** v2's error body. */
export function refuseV2(status: number, title: string, detail: string | null = null): Refusal {
  return new Refusal({ status, body: { errors: [{ status, code: CODES[status] ?? "ERROR", title, detail }] } });
}

/** What is hidden looks exactly as what is not there. */
export const noContent = (id: string): Refusal =>
  refuse(404, `com.atlassian.confluence.api.service.exceptions.NotFoundException: No content found with id : ContentId{id=${id}}`);
export const noContentV2 = (): Refusal => refuseV2(404, "Not Found");
export const badCql = (cql: string): Refusal => refuse(400, `Could not parse cql : ${cql}`);
export const titleTaken = (): string => "A page with this title already exists: A page already exists with the same TITLE in this space";

export function html(status: number, title: string, headers: Readonly<Record<string, string>> = {}): SandboxAnswer {
  return {
    status,
    headers: { "content-type": "text/html;charset=UTF-8", ...headers },
    body: `<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`,
  };
}

const NOTHING_WRONG = { authorized: true, valid: true, errors: [], successful: true };
const CODES: Readonly<Record<number, string>> = {
  400: "INVALID_REQUEST_PARAMETER",
  401: "UNAUTHORIZED",
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  409: "CONFLICT",
};
