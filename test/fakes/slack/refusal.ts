/** An answer of the Web API that says no: HTTP 200 with `ok: false`. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    readonly extra: Readonly<Record<string, unknown>> = {},
  ) {
    super(code);
  }
}
