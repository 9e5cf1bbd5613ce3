import {
  allowInsecureRequests,
  authorizationCodeGrantRequest,
  AuthorizationResponseError,
  calculatePKCECodeChallenge,
  ClientSecretPost,
  customFetch,
  generateRandomCodeVerifier,
  nopkce,
  processAuthorizationCodeResponse,
  processRefreshTokenResponse,
  refreshTokenGrantRequest,
  ResponseBodyError,
  revocationRequest,
  validateAuthResponse,
  type AuthorizationServer,
  type TokenEndpointResponse,
} from "oauth4webapi";
import { z } from "zod";
import type { Http, OAuth } from "../../domain/connector.js";
import { AnswerUnexpected, OutcomeUnknown, RequestRefused, SettingsInvalid, SvyazError, SystemUnavailable } from "../../domain/errors.js";
import type { SignInCallback } from "../../domain/sign-in.js";
import { variableOf } from "./define.js";

/** What a vendor's token endpoint gave. */
export interface Grant {
  readonly access: string;
  /** Absent: the vendor gives none, or (after a refresh) the old one goes on. */
  readonly refresh?: string;
  /** Seconds. */
  readonly expiresIn?: number;
}

/** The grant is spent for good: revoked, used already, too old. */
export class GrantRefused extends SvyazError {
  readonly code = "grant-refused";
}

export interface OAuthClientOptions {
  readonly system: string;
  readonly settings: unknown;
  readonly way: OAuth;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The way out to one address of the vendor, with Svyaz's address checks, limits and time-outs; `secrets` stay out of errors. */
  readonly reach: <T>(address: string, secrets: readonly string[], act: (http: Http) => Promise<T>) => Promise<T>;
}

/** Thrown through `http` to bring a refusal's body to the OAuth library instead of an error of ours. */
class Refused extends SvyazError {
  readonly code = "refused";
  constructor(
    readonly status: number,
    readonly body: string,
  ) {
    super(`answered ${status}`);
  }
}

/**
 * The OAuth protocol with one vendor (RFC 6749, 7636, 7009, 9207) through oauth4webapi; keeps nothing.
 * A token request is never sent twice by itself: codes and, at some vendors, refresh tokens work once.
 */
export function createOAuthClient({ system, settings, way, clientId, clientSecret, reach }: OAuthClientOptions) {
  const client = { client_id: clientId };
  const authentication = ClientSecretPost(clientSecret);

  const server = (tokenUrl: string): AuthorizationServer => ({
    issuer: new URL(way.authorizeUrl(settings)).origin,
    token_endpoint: tokenUrl,
    revocation_endpoint: way.revokeUrl?.(settings),
  });

  /** The library's requests go out through `http`, in the way of writing that the vendor wants. */
  async function fetchThrough(url: string, { body }: { body?: unknown }): Promise<Response> {
    const { origin, pathname } = new URL(url);
    const pairs = [...(body as URLSearchParams)];
    try {
      const answer = await reach(origin, secretsIn(pairs), (http) =>
        http.request({
          method: "POST",
          path: pathname,
          body: way.tokenRequests === "json" ? { json: Object.fromEntries(pairs) } : { form: pairs },
          answer: z.unknown(),
          refusal: (status, text) => (status < 500 && status !== 429 && !isHtml(text) ? new Refused(status, text) : undefined),
        }),
      );
      return Response.json(answer ?? null);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (way.grantRefused?.(error.status, error.body)) return Response.json({ error: "invalid_grant" }, { status: 400 });
      // RFC 6749, 5.2: 401 means the app, also where a vendor has words of its own for it.
      if (error.status === 401 && !saysWhy(error.body)) return Response.json({ error: "invalid_client" }, { status: 400 });
      return new Response(error.body, { status: error.status, headers: { "content-type": "application/json" } });
    }
  }

  // Addresses come from the settings, which allow plain http to the own machine only.
  const through = { [customFetch]: fetchThrough, [allowInsecureRequests]: true } as const;

  async function settled(operation: string, ask: () => Promise<TokenEndpointResponse>): Promise<Grant> {
    const details = { system, operation };
    try {
      const { access_token, refresh_token, expires_in } = await ask();
      return { access: access_token, refresh: refresh_token, expiresIn: expires_in };
    } catch (error) {
      if (error instanceof ResponseBodyError) {
        // Only the code: descriptions may repeat what was sent.
        const words = `${system}: ${operation}: the vendor answered ${error.status} ${error.error.slice(0, 60)}`;
        if (error.error === "invalid_grant") throw new GrantRefused(words, details);
        if (["invalid_client", "unauthorized_client"].includes(error.error)) {
          throw new SettingsInvalid(
            `${words}: check ${variableOf(system, "CLIENT_ID")} and ${variableOf(system, "CLIENT_SECRET")}`,
            details,
          );
        }
        throw new RequestRefused(words, details);
      }
      // For a token request "perhaps done" is no write of the person's: it is a system that did not answer.
      if (error instanceof OutcomeUnknown) throw new SystemUnavailable(`${system}: ${operation}: no usable answer`, details);
      if (error instanceof SvyazError) throw error;
      throw new AnswerUnexpected(`${system}: ${operation}: not an answer of a token endpoint`, details);
    }
  }

  return {
    /** The vendor's page, and the verifier to keep until the callback. */
    async authorizeUrl({ state, redirectUri }: { readonly state: string; readonly redirectUri: string }) {
      const url = new URL(way.authorizeUrl(settings));
      const verifier = way.pkce ? generateRandomCodeVerifier() : undefined;
      const parameters = {
        response_type: "code",
        client_id: clientId,
        redirect_uri: redirectUri,
        state,
        ...(way.scopes.length > 0 ? { scope: way.scopes.join(" ") } : {}),
        ...(verifier ? { code_challenge: await calculatePKCECodeChallenge(verifier), code_challenge_method: "S256" } : {}),
      };
      for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
      return { url: url.href, verifier };
    },

    /** Throws RequestRefused when the person said no, GrantRefused for a code that is wrong, used or stale. */
    async exchange(
      callback: SignInCallback,
      { state, redirectUri, verifier }: { readonly state: string; readonly redirectUri: string; readonly verifier?: string },
    ): Promise<Grant> {
      const at = server(way.tokenUrl(settings, callback));
      const checked = () => {
        try {
          return validateAuthResponse(at, client, new URLSearchParams(callback), state);
        } catch (error) {
          const said = error instanceof AuthorizationResponseError ? error.error.slice(0, 60) : "not an answer to this request";
          throw new RequestRefused(`${system}: sign-in: ${said}`, { system, operation: "sign-in" });
        }
      };
      const parameters = checked();
      return settled("sign-in", async () => {
        const answer = await authorizationCodeGrantRequest(
          at,
          client,
          authentication,
          parameters,
          redirectUri,
          verifier ?? nopkce,
          through,
        );
        return processAuthorizationCodeResponse(at, client, answer);
      });
    },

    /** `redirectUri` goes along because amoCRM wants it. Throws GrantRefused when the vendor takes the token no more. */
    refresh(token: string, redirectUri: string): Promise<Grant> {
      const at = server(way.tokenUrl(settings, {}));
      return settled("refresh", async () => {
        const answer = await refreshTokenGrantRequest(at, client, authentication, token, {
          ...through,
          additionalParameters: { redirect_uri: redirectUri },
        });
        return processRefreshTokenResponse(at, client, answer);
      });
    },

    /** False where the vendor has no such endpoint, or refused. */
    async revoke(token: string): Promise<boolean> {
      if (!way.revokeUrl) return false;
      const at = server(way.tokenUrl(settings, {}));
      const answer = await revocationRequest(at, client, authentication, token, through);
      return answer.ok;
    },
  };
}

function secretsIn(pairs: readonly (readonly [string, string])[]): string[] {
  return pairs.flatMap(([name, value]) => (/secret|token$|^code/.test(name) ? [value] : []));
}

function saysWhy(body: string): boolean {
  try {
    return z.object({ error: z.string() }).safeParse(JSON.parse(body)).success;
  } catch {
    return false;
  }
}

function isHtml(text: string): boolean {
  return /^\s*<(!doctype|html)/i.test(text);
}
