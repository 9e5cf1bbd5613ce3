import { performance } from "node:perf_hooks";
import { Agent, request as dispatch } from "undici";
import type { ConnectorContext, Http, HttpAnswer, HttpRequest } from "../../domain/connector.js";
import { AnswerUnexpected, RequestRefused, SignInNeeded, SvyazError, SystemUnavailable } from "../../domain/errors.js";
import type { Log } from "../../domain/log.js";
import type { Metrics } from "../../domain/metrics.js";
import { checkedLookup, checkLiteral } from "./address.js";
import type { Resolve } from "./address.js";
import { Setback, withPatience } from "./attempts.js";
import type { Patience } from "./attempts.js";
import { issuesOf, parseJson, readText } from "./body.js";
import { callContext, signalsOf } from "./call-context.js";
import { encodeBody, encodeQuery } from "./encode.js";
import type { Account } from "./limits.js";
import { endpointOf, isPage, setbackOf } from "./outcome.js";

export interface HttpOptions {
  readonly system: string;
  /** Absent for systems that are reached by a driver. May have a path; requests' paths are put behind it. */
  readonly baseUrl?: string;
  /** What proves who calls, asked for before each attempt and outside the limits: it may have to be fetched first. */
  signIn(): Promise<SignedIn>;
  /** Shared by everybody who uses the same vendor account. */
  readonly account: Account;
  /** Nobody waits for it: people's calls go first, and it may be sent again for longer. */
  readonly background: boolean;
  /** Hosts besides the own one that a redirect may lead to: "media.example.com", "*.example.com". */
  readonly redirects?: readonly string[];
  readonly privateNetwork?: boolean;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly patience?: Partial<Patience>;
  /** Milliseconds a system may take to answer once, 20 s unless said; a request's own `timeoutMs` goes first. */
  readonly timeoutMs?: number;
  /** Another name server than the machine's (tests). */
  readonly resolve?: Resolve;
}

export interface Exit {
  readonly http: Http;
  readonly call: ConnectorContext["call"];
  readonly close: () => Promise<void>;
}

export interface SignedIn {
  readonly headers: Readonly<Record<string, string>>;
  /** Kept out of every error. */
  readonly secrets: readonly string[];
  /** Where a proof ages: gets another one, once a call, after a 401. */
  renew?(): Promise<unknown>;
}

const connectMs = 5_000;
const answerMs = 20_000;
const answerBytes = 20 * 1024 * 1024;
const mostRedirects = 3;
const agentName = "Svyaz/0.1";

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * The one way out of Svyaz to a system: address checks, limits, time-outs, repeats, errors of ours, metrics.
 * A write is not torn by an abort once it left, because its outcome would be unknown; everything else ends at once.
 */
export function createHttp(options: HttpOptions): Exit {
  const { system, account, background, metrics } = options;
  const patience: Patience = { attempts: 4, budgetMs: background ? 300_000 : 45_000, pauseMs: 250, ...options.patience };
  const base = options.baseUrl === undefined ? undefined : new URL(options.baseUrl);
  const rule = { host: base?.hostname ?? "", privateNetwork: options.privateNetwork ?? false };
  const lookup = checkedLookup(rule, system, options.resolve);
  const reads = new Agent({ connect: { timeout: connectMs, lookup }, headersTimeout: 0, bodyTimeout: 0, keepAliveTimeout: 10_000 });
  // A new connection each: on a kept one a server's idle close looks like a write that was cut.
  const writes = new Agent({ connect: { timeout: connectMs, lookup }, headersTimeout: 0, bodyTimeout: 0, pipelining: 0 });

  /** One attempt within the limits; counts it, and tells limiter and circuit how it went. */
  function attempt<T>(endpoint: string, signals: readonly AbortSignal[], act: () => Promise<T>): Promise<T> {
    account.circuit.check();
    return account.limiter.run(
      async () => {
        const leave = account.circuit.enter();
        const began = performance.now();
        let outcome = "succeeded";
        let end: Setback["kind"] | "answered" = "answered";
        try {
          return await act();
        } catch (error) {
          outcome = error instanceof Setback ? error.error.code : error instanceof SvyazError ? error.code : "aborted";
          end = error instanceof Setback ? error.kind : "unclear";
          if (error instanceof Setback && error.kind === "limited") account.limiter.slowDown(error.afterMs ?? 1_000);
          throw error;
        } finally {
          leave(end);
          metrics.observe("api_response_time_seconds", (performance.now() - began) / 1_000, { system, endpoint });
          metrics.count("svyaz_api_calls_total", { system, endpoint, outcome });
        }
      },
      { background, signals },
    );
  }

  async function run<T>(request: HttpRequest, read: (answer: Answer, operation: string) => Promise<T>): Promise<T> {
    const endpoint = endpointOf(request.path);
    const operation = `${request.method} ${endpoint}`;
    const repeatable = request.repeatable ?? request.method === "GET";
    const signals = signalsOf(request.signal);
    const url = address(request, operation);
    options.log.debug("call", { system, operation, trace: callContext.getStore()?.trace });

    let renewed = false;
    const once = async (): Promise<T> => {
      const signIn = await proof(signals);
      try {
        return await attempt(endpoint, signals, () => ask(signIn));
      } catch (error) {
        if (renewed || !signIn.renew || !(error instanceof Setback && error.kind === "refused" && error.error instanceof SignInNeeded))
          throw error;
        renewed = true;
        await patiently(signIn.renew());
        return once();
      }
    };
    const ask = async (signIn: SignedIn): Promise<T> => {
      const scrub = scrubber(signIn.secrets);
      const timeout = AbortSignal.timeout(request.timeoutMs ?? options.timeoutMs ?? answerMs);
      const stop = repeatable ? AbortSignal.any([timeout, ...signals]) : timeout;
      try {
        const answer = await follow(request, url, signIn.headers, stop, repeatable, operation);
        if (answer.status < 300 || answer.status === 304) return await read(answer, operation);
        throw await refusal(answer, request, operation, scrub);
      } catch (error) {
        throw named(error, { operation, timeout, signals: repeatable ? signals : [], scrub });
      }
    };
    return withPatience(once, { repeatable, patience, signals });
  }

  /** The proof may be on its way from the vendor for others too; whoever is told to stop stops waiting for it. */
  function proof(signals: readonly AbortSignal[]): Promise<SignedIn> {
    return patiently(signals.length === 0 ? options.signIn() : Promise.race([options.signIn(), aborted(AbortSignal.any([...signals]))]));
  }

  /** Without a proof nothing was sent, so the whole call may be tried again. */
  async function patiently<T>(proving: Promise<T>): Promise<T> {
    try {
      return await proving;
    } catch (error) {
      throw error instanceof SvyazError && error.retryable ? new Setback("not-sent", error) : error;
    }
  }

  async function follow(
    request: HttpRequest,
    start: URL,
    signIn: Readonly<Record<string, string>>,
    signal: AbortSignal,
    repeatable: boolean,
    operation: string,
  ): Promise<Answer> {
    let url = start;
    for (let hop = 0; ; hop += 1) {
      checkLiteral(url.hostname, rule, system);
      const own = url.host === start.host || (url.hostname === start.hostname && url.protocol === "https:");
      const { body, mediaType } = encodeBody(request.body);
      const answer = await dispatch(url, {
        method: request.method,
        dispatcher: repeatable ? reads : writes,
        headers: {
          "user-agent": agentName,
          accept: "application/json",
          ...(mediaType === undefined ? {} : { "content-type": mediaType }),
          ...(own ? { ...signIn, ...request.headers } : {}),
        },
        body,
        signal,
      });
      const headers = toHeaders(answer.headers);
      const location = headers.get("location");
      const redirected = [301, 302, 303, 307, 308].includes(answer.statusCode) && location !== null && request.method === "GET";
      if (!redirected) return { status: answer.statusCode, headers, body: capped(answer.body, request.maxBytes ?? answerBytes, operation) };
      await answer.body.dump();
      if (hop === mostRedirects) throw unexpected(operation, `more than ${mostRedirects} redirects`);
      url = redirect(url, location, start, operation);
    }
  }

  function redirect(from: URL, location: string, start: URL, operation: string): URL {
    const to = URL.canParse(location, from.href) ? new URL(location, from.href) : undefined;
    const listed = (options.redirects ?? []).some((pattern) => matches(pattern, to?.hostname ?? ""));
    const own = to?.hostname === start.hostname && (to.host === start.host || to.protocol === "https:");
    const safe = to?.protocol === "https:" || (to?.protocol === "http:" && start.protocol === "http:");
    if (to && safe && (own || listed)) return to;
    throw unexpected(operation, `redirected to ${to?.host ?? "nowhere"}, which is not one of its hosts`);
  }

  function address(request: HttpRequest, operation: string): URL {
    if (!base) throw new RequestRefused(`${system}: has no BASE_URL to call`, { system, operation });
    const path = request.path;
    if (!path.startsWith("/") || /[?#\\]|\/\/|(^|\/)(\.|%2e){1,2}(\/|$)/i.test(path)) {
      throw new RequestRefused(`${system}: ${operation} is not a path inside the system`, { system, operation });
    }
    const url = new URL(base.href.replace(/\/$/, "") + path);
    url.search = encodeQuery(request.query);
    return url;
  }

  async function refusal(answer: Answer, request: HttpRequest, operation: string, scrub: (text: string) => string): Promise<Setback> {
    const whole = { status: answer.status, headers: answer.headers, body: await readText(answer) };
    if (answer.status === 403 && isPage(whole)) {
      const message = `${system}: ${operation}: answered 403 with a page of HTML: the vendor has blocked the account, nothing is sent for a while`;
      return new Setback("blocked", new SystemUnavailable(message, { system, operation }));
    }
    return setbackOf(whole, request, { system, operation, scrub });
  }

  /** Turns what the network threw into a Setback; what the caller's own signal did stays as it is. */
  function named(
    error: unknown,
    about: { operation: string; timeout: AbortSignal; signals: readonly AbortSignal[]; scrub: (text: string) => string },
  ): unknown {
    const { operation } = about;
    if (error instanceof Setback) return error;
    const stopped = about.signals.find((signal) => signal.aborted);
    if (stopped) return stopped.reason;
    if (about.timeout.aborted) {
      return new Setback("slow", new SystemUnavailable(`${system}: ${operation}: no answer in time`, { system, operation }));
    }
    if (error instanceof AnswerUnexpected) return new Setback("unreadable", error);
    const refused = causes(error).find((cause) => cause instanceof SvyazError);
    if (refused) return new Setback("refused", refused);
    const words = about.scrub(causes(error).map(codeOf).find(Boolean) ?? "connection failed");
    const unavailable = new SystemUnavailable(`${system}: ${operation}: ${words}`, { system, operation, cause: new Error(words) });
    return new Setback(neverLeft(error) ? "not-sent" : "unclear", unavailable);
  }

  function unexpected(operation: string, what: string): AnswerUnexpected {
    return new AnswerUnexpected(`${system}: ${operation}: ${what}`, { system, operation });
  }

  async function* capped(body: AsyncIterable<Uint8Array>, most: number, operation: string): AsyncIterable<Uint8Array> {
    let bytes = 0;
    for await (const chunk of body) {
      bytes += chunk.byteLength;
      if (bytes > most) throw unexpected(operation, `the answer is larger than ${most} bytes`);
      yield chunk;
    }
  }

  /** A body that is read after the attempt is over still fails with one of our errors. */
  async function* unattended(body: AsyncIterable<Uint8Array>, operation: string): AsyncIterable<Uint8Array> {
    try {
      yield* body;
    } catch (error) {
      if (error instanceof SvyazError) throw error;
      throw new SystemUnavailable(`${system}: ${operation}: the answer broke off`, { system, operation, cause: error });
    }
  }

  const http: Http = {
    request: (request) =>
      run(request, async (answer, operation) => {
        const body = await readText(answer);
        if (body !== "" && isPage({ headers: answer.headers, body })) throw unexpected(operation, "a page of HTML instead of JSON");
        const parsed = request.answer.safeParse(parseJson(body, () => unexpected(operation, "neither JSON nor empty")));
        if (parsed.success) return parsed.data;
        throw unexpected(operation, issuesOf(parsed.error));
      }),
    send: (request) =>
      run(request, async (answer, operation): Promise<HttpAnswer> => ({ ...answer, body: unattended(answer.body, operation) })),
  };

  function call<T>(name: string, act: (signal: AbortSignal) => Promise<T>, { repeatable = false } = {}): Promise<T> {
    const signals = signalsOf(undefined);
    const once = async () => {
      const timeout = AbortSignal.timeout(options.timeoutMs ?? answerMs);
      const stop = repeatable ? AbortSignal.any([timeout, ...signals]) : timeout;
      try {
        return await Promise.race([act(stop), aborted(stop)]);
      } catch (error) {
        if (error instanceof SvyazError) throw new Setback("refused", error);
        const scrub = scrubber((await options.signIn()).secrets);
        throw named(error, { operation: name, timeout, signals: repeatable ? signals : [], scrub });
      }
    };
    return withPatience(() => attempt(name, signals, once), { repeatable, patience, signals });
  }

  return { http, call, close: async () => void (await Promise.all([reads.destroy(), writes.destroy()])) };
}

function toHeaders(raw: Readonly<Record<string, string | string[] | undefined>>): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(raw)) for (const one of [value ?? []].flat()) headers.append(name, one);
  return headers;
}

function matches(pattern: string, host: string): boolean {
  return pattern.startsWith("*.") ? host.endsWith(pattern.slice(1)) && host.length > pattern.length - 1 : host === pattern;
}

function scrubber(secrets: readonly string[]): (text: string) => string {
  // A server that says back what it was sent may say it in another form.
  const forms = secrets
    .filter((secret) => secret !== "")
    .flatMap((secret) => [
      secret,
      encodeURIComponent(secret),
      ...(["base64", "base64url"] as const).map((form) => Buffer.from(secret).toString(form)),
    ]);
  return (text) => forms.reduce((left, form) => left.replaceAll(form, "[secret]"), text);
}

/** The error, what caused it, and what several tries of one connect failed with. */
function causes(error: unknown): unknown[] {
  if (!(error instanceof Error)) return [error];
  const inner = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  return [error, ...inner.flatMap(causes), ...(error.cause === undefined ? [] : causes(error.cause))];
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}

/** Only what failed while looking up, connecting or shaking hands: after that a server may have read the request. */
function neverLeft(error: unknown): boolean {
  return causes(error).some((cause) => {
    const code = codeOf(cause) ?? "";
    const syscall = cause instanceof Error && "syscall" in cause ? cause.syscall : undefined;
    return syscall === "connect" || syscall === "getaddrinfo" || code === "UND_ERR_CONNECT_TIMEOUT" || /CERT|^ERR_TLS|^ERR_SSL/.test(code);
  });
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
}
