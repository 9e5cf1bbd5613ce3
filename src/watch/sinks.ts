import { createTransport } from "nodemailer";
import type { AlertSink } from "../domain/alert.js";
import type { Channel } from "../domain/channel.js";
import { RequestRefused } from "../domain/errors.js";
import type { Address, Block } from "../domain/message.js";
import type { Language } from "../domain/people.js";
import { texts } from "../text/texts.js";

type Delivered = Parameters<AlertSink["deliver"]>[0];

/** Every way to tell the admins that the settings name: their room in a messenger, their mailbox. */
export function createSinks({
  room,
  channel,
  mailbox,
  actions,
  language,
}: {
  readonly room?: Address;
  /** Asked for when there is something to tell: channels come up after the first trouble may. */
  readonly channel: (id: string) => Pick<Channel, "send"> | undefined;
  readonly mailbox?: Mailbox;
  /** What may be done about an alert where it is read: buttons below it. */
  readonly actions?: (alert: Delivered) => Promise<readonly Block[]>;
  readonly language: Language;
}): readonly AlertSink[] {
  const send: Channel["send"] = async (to, reply, options) => {
    const open = channel(to.channel);
    if (!open) throw new RequestRefused(`the channel ${to.channel} is not running`, { system: to.channel, operation: "alert.deliver" });
    return open.send(to, reply, options);
  };
  return [
    ...(room ? [createRoomSink({ channel: { id: room.channel, send }, address: room, actions, language })] : []),
    ...(mailbox ? [createMailSink(mailbox, language)] : []),
  ];
}

/** The admins' room in a messenger. */
export function createRoomSink({
  channel,
  address,
  actions = async () => [],
  language,
}: {
  readonly channel: Pick<Channel, "id" | "send">;
  readonly address: Address;
  readonly actions?: (alert: Delivered) => Promise<readonly Block[]>;
  readonly language: Language;
}): AlertSink {
  return {
    id: channel.id,
    async deliver(alert) {
      const { heading } = texts(language).alerts;
      const markdown = `**${heading(alert.state, alert.level, alert.title, alert.times)}**${alert.state === "resolved" ? "" : `\n\n${alert.text}`}`;
      const buttons = alert.state === "resolved" ? [] : await actions(alert);
      await channel.send(address, [{ kind: "text", markdown }, ...buttons], {
        key: `alert:${alert.key}:${alert.state}:${alert.at.getTime()}`,
      });
    },
  };
}

export interface Mailbox {
  readonly host: string;
  /** 465 speaks TLS from the start; on any other port STARTTLS is required before anything is said. */
  readonly port: number;
  /** Sender and recipient alike. */
  readonly address: string;
  readonly password?: string;
  /** Extra trust for a mail server of one's own (tests). */
  readonly ca?: string;
}

const mailMs = 20_000;

/** E-mail to the admins over SMTP. Without TLS nothing is sent: alerts tell where a company is weak. */
export function createMailSink(mailbox: Mailbox, language: Language): AlertSink & { close(): void; check(): Promise<void> } {
  const transport = createTransport({
    host: mailbox.host,
    port: mailbox.port,
    secure: mailbox.port === 465,
    requireTLS: mailbox.port !== 465,
    ...(mailbox.password === undefined ? {} : { auth: { user: mailbox.address, pass: mailbox.password } }),
    connectionTimeout: mailMs,
    greetingTimeout: mailMs,
    socketTimeout: mailMs,
    ...(mailbox.ca === undefined ? {} : { tls: { ca: mailbox.ca } }),
  });
  return {
    id: "e-mail",
    async deliver(alert: Delivered) {
      const { heading, mailFooter } = texts(language).alerts;
      const subject = heading(alert.state, alert.level, alert.title, alert.times);
      await transport
        .sendMail({
          from: { name: "Svyaz", address: mailbox.address },
          to: mailbox.address,
          subject: `Svyaz: ${subject}`,
          text: `${subject}\n\n${alert.text}\n\n${mailFooter(alert.at, alert.key)}`,
          // A mailbox groups what belongs to one trouble.
          headers: { "X-Svyaz-Alert": alert.key, "Auto-Submitted": "auto-generated" },
        })
        .catch((error: unknown) => {
          throw refused(mailbox, error);
        });
    },
    async check() {
      await transport.verify().catch((error: unknown) => {
        throw refused(mailbox, error);
      });
    },
    close: () => transport.close(),
  };
}

/** The library's error names the server's words and our own settings; of these only the harmless half goes on. */
function refused({ host, port }: Mailbox, error: unknown): RequestRefused {
  const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "unknown";
  const reply = typeof error === "object" && error !== null && "responseCode" in error ? ` ${String(error.responseCode)}` : "";
  return new RequestRefused(`e-mail through ${host}:${port}: ${code}${reply}`, { system: "e-mail", operation: "alert.deliver" });
}
