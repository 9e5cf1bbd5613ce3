import type { AuditLog } from "../domain/audit.js";
import type { Channel } from "../domain/channel.js";
import { NotFound, RequestRefused, SvyazError } from "../domain/errors.js";
import type { Log } from "../domain/log.js";
import type { Address, InboxEvent } from "../domain/message.js";
import type { Language, Person } from "../domain/people.js";
import type { SignInProvider } from "../domain/sign-in.js";
import { texts } from "../text/texts.js";
import type { ChatCommand } from "./commands.js";
import type { InterruptedQuestions } from "./resume.js";
import { linkMs, type SignInLink, type SignInLinks } from "./sign-in-links.js";
import { signInPage, type Page } from "./sign-in-page.js";

export interface ConnectParts {
  readonly provider: SignInProvider;
  readonly links: SignInLinks;
  readonly interrupted: InterruptedQuestions;
  readonly systems: readonly { readonly system: string; readonly definition: { readonly id: string; readonly title: string } }[];
  readonly findPerson: (id: string) => Promise<Person | undefined>;
  /** Whose user of the system a principal is. */
  readonly ownerOf: (principal: string) => Promise<string | undefined>;
  readonly audit: AuditLog;
  readonly channel: (id: string) => Channel | undefined;
  readonly take: (event: InboxEvent) => Promise<void>;
  /** "https://svyaz.example.com": where the vendor sends browsers back to. */
  readonly publicUrl: () => string;
  readonly language: Language;
  readonly log: Log;
}

/** Who asks for a link, and for whom. */
export interface LinkRequest {
  readonly system: string;
  /** Absent: for everybody; only an admin may. */
  readonly person?: Person;
  readonly askedBy: string;
  readonly actor: string;
  readonly trace: string;
  readonly address?: Address;
  readonly language: Language;
}

export interface Connect {
  /** An address of our own that leads to the vendor's sign-in page for this person, good for 15 minutes and one sign-in. */
  link(request: LinkRequest): Promise<string>;
  /** What the browser gets at that address: the way to the vendor's page, or a word on why not. */
  start(system: string, query: Readonly<Record<string, string>>): Promise<Page>;
  disconnect(request: LinkRequest): Promise<{ readonly erased: boolean; readonly revoked: boolean }>;
  /** What the browser brought back to /oauth/<system>. Never throws for what a stranger could send. */
  callback(system: string, query: Readonly<Record<string, string>>): Promise<Page>;
  readonly commands: readonly ChatCommand[];
}

/** Signing in to a system from a chat: the link, the way back, the tokens kept, and the interrupted question going on. */
export function createConnect(parts: ConnectParts): Connect {
  const { provider, links, audit, log } = parts;
  const titleOf = (system: string) => parts.systems.find((one) => one.system === system)?.definition.title ?? system;

  async function link({ system, person, askedBy, actor, trace, address, language }: LinkRequest): Promise<string> {
    if (!(await provider.offers(system))) {
      throw new RequestRefused(`${system}: people do not sign in to it by themselves: CLIENT_ID and CLIENT_SECRET are not set`, {
        system,
        operation: "connect",
      });
    }
    const state = links.newState();
    const redirectUri = new URL(`/oauth/${system}`, parts.publicUrl()).href;
    const { url, verifier } = await provider.begin(system, { state, redirectUri });
    const page = new URL(url);
    page.searchParams.delete("state");
    await links.keep(state, { system, person: person?.id, askedBy, address, language, page: page.href, redirectUri, verifier });
    await audit.note({ name: "sign-in.offered", actor, trace, payload: { system, person: person?.id ?? null } });
    // Links in answers lead to our own address and never to the vendor's: a page of consent for somebody else's app looks alike.
    const start = new URL(`/oauth/${system}/start`, parts.publicUrl());
    start.searchParams.set("link", state);
    return start.href;
  }

  async function start(system: string, query: Readonly<Record<string, string>>): Promise<Page> {
    const page = await links.leadsTo(system, query["link"] ?? "");
    const words = pagesOf(parts.language);
    if (!page) return signInPage(400, words.refused["unknown"] ?? "", parts.language);
    const told = signInPage(302, "", parts.language);
    return { ...told, headers: { ...told.headers, location: page.href } };
  }

  function disconnect({ system, person, actor, trace }: LinkRequest) {
    if (!parts.systems.some((one) => one.system === system))
      throw new NotFound(`there is no system ${system}`, { system, operation: "disconnect" });
    return audit.during({ name: "sign-in.removed", actor, trace, payload: { system, person: person?.id ?? null } }, () =>
      provider.disconnect({ system, person: person?.id }),
    );
  }

  async function callback(system: string, query: Readonly<Record<string, string>>): Promise<Page> {
    const trace = `oauth-${crypto.randomUUID()}`;
    const used = await links.use(query["state"] ?? "");
    const found = "refused" in used ? used.link : used;
    const refusal = "refused" in used ? used.refused : used.system === system ? undefined : "other-system";
    const page = (status: number, words: (of: ReturnType<typeof pagesOf>) => string) =>
      signInPage(status, words(pagesOf(found?.language ?? parts.language)), found?.language ?? parts.language);
    const deny = async (reason: string) => {
      const payload = { system: system.slice(0, 80), person: found?.person ?? null, reason };
      await audit.note({ name: "sign-in.refused", actor: found?.askedBy ?? "browser", trace, payload }, "denied");
    };
    if (refusal !== undefined || "refused" in used) {
      await deny(refusal ?? "unknown");
      return page(400, (words) => words.refused[refusal ?? "unknown"] ?? "");
    }
    const person = used.person === undefined ? undefined : await parts.findPerson(used.person);
    if (used.person !== undefined && !person) {
      await deny("person-gone");
      return page(403, (words) => words.refused["unknown"] ?? "");
    }
    if (query["error"] !== undefined) {
      await deny("declined");
      return page(400, (words) => words.declined(titleOf(system)));
    }
    try {
      await audit.during({ name: "sign-in.completed", actor: used.askedBy, trace, payload: { system, person: used.person ?? null } }, () =>
        provider.complete({ system, person: used.person }, query, {
          state: query["state"] ?? "",
          redirectUri: used.redirectUri,
          verifier: used.verifier,
          accept: (user) => accept(used, person, user),
        }),
      );
    } catch (error) {
      log.warn("a sign-in failed", { system, trace, error });
      if (error instanceof NotTheirs) {
        await deny("somebody-else");
        return page(403, (words) => words.refused["somebody-else"] ?? "");
      }
      return page(error instanceof SvyazError && error.retryable ? 503 : 400, (words) => words.failed(titleOf(system)));
    }
    // The browser need not wait for the answer in the chat.
    void goOn(used).catch((error: unknown) => log.error("a question could not go on after a sign-in", { system, trace, error }));
    return page(200, (words) => words.done(titleOf(system)));
  }

  /** A link that wandered to a colleague would otherwise lend their rights to whoever asked for it. */
  async function accept({ system }: SignInLink, person: Person | undefined, user: string | undefined): Promise<void> {
    if (!person || user === undefined) return;
    const principal = `${system}:user:${user}`;
    const own = person.principals.filter((one) => one.startsWith(`${system}:user:`));
    const owner = await parts.ownerOf(principal);
    const theirs = own.length === 0 ? owner === undefined : own.includes(principal);
    if (!theirs)
      throw new NotTheirs(`${system}: another user of the system has signed in than ${person.id}`, { system, operation: "sign-in" });
  }

  async function goOn({ system, person, address, language }: SignInLink): Promise<void> {
    const question = person === undefined ? undefined : await parts.interrupted.take(person, system);
    const words = texts(language).connect;
    const to = address ?? question?.address;
    if (to) {
      const markdown = question ? words.connectedAndOn(titleOf(system)) : words.connected(titleOf(system));
      const key = `connected:${crypto.randomUUID()}`;
      const told = parts.channel(to.channel)?.send(to, [{ kind: "text", markdown }], { key });
      await told?.catch((error: unknown) => log.warn("the chat could not be told of a sign-in", { system, error }));
    }
    if (question) await parts.take(question);
  }

  /** "amocrm", "amoCRM", "amocrm for everybody". */
  function meant(argument: string): { readonly system?: string; readonly everybody: boolean } {
    const [said = "", ...rest] = argument.toLowerCase().split(/\s+/);
    const found = parts.systems.find(({ system, definition }) => [system, definition.title.toLowerCase()].includes(said));
    return { system: found?.system, everybody: everybody.includes(rest.join(" ")) };
  }

  function command(
    name: string,
    said: readonly string[],
    act: (request: LinkRequest, words: ReturnType<typeof texts>["connect"]) => Promise<string>,
  ): ChatCommand {
    return {
      name,
      words: said,
      // The name of a system tells nothing of the language one speaks.
      async run({ person, actor, trace, argument, address }) {
        const { language } = person;
        const words = texts(language).connect;
        const text = (markdown: string) => [{ kind: "text" as const, markdown }];
        const { system, everybody } = meant(argument);
        if (system === undefined) {
          const offered = await Promise.all(parts.systems.map(async (one) => ((await provider.offers(one.system)) ? [one.system] : [])));
          return text(words.which(name, offered.flat()));
        }
        if (everybody && !person.roles.includes("admin")) {
          await audit.note({ name: "sign-in.refused", actor, trace, payload: { system, person: null } }, "denied");
          return text(words.adminsOnly);
        }
        const request = { system, person: everybody ? undefined : person, askedBy: person.id, actor, trace, address, language };
        return text(await act(request, words));
      },
    };
  }

  return {
    link,
    start,
    disconnect,
    callback,
    commands: [
      command("connect", ["подключи", "подключить", "connect"], async (request, words) => {
        const title = titleOf(request.system);
        if (!(await provider.offers(request.system))) return words.notOffered(title);
        return words.link(title, await link(request), linkMs / 60_000);
      }),
      command("disconnect", ["отключи", "отключить", "disconnect"], async (request, words) => {
        const { erased, revoked } = await disconnect(request);
        const title = titleOf(request.system);
        return erased ? words.disconnected(title, revoked) : words.notConnected(title);
      }),
    ],
  };
}

class NotTheirs extends SvyazError {
  readonly code = "access-denied";
}

const everybody = [...texts("ru").connect.everybody, ...texts("en").connect.everybody];

function pagesOf(language: Language) {
  return texts(language).connect.pages;
}
