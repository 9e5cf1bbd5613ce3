import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SMTPServer } from "smtp-server";

export interface FakeMail {
  readonly port: number;
  /** The certificate to trust. */
  readonly ca: string;
  readonly letters: readonly { readonly from: string; readonly to: readonly string[]; readonly secure: boolean; readonly text: string }[];
  close(): Promise<void>;
}

/** A real SMTP server on loopback that takes letters over STARTTLS from whoever knows the password. */
export async function startMail(options: { readonly password: string; readonly startTls?: boolean }): Promise<FakeMail> {
  const { key, cert } = certificate();
  const letters: { from: string; to: string[]; secure: boolean; text: string }[] = [];
  const server = new SMTPServer({
    key,
    cert,
    ...(options.startTls === false ? { hideSTARTTLS: true } : {}),
    onAuth: ({ username, password }, session, done) => {
      if (!session.secure) done(new Error("encrypt first"));
      else if (password !== options.password) done(new Error("535 wrong password"));
      else done(null, { user: username });
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        letters.push({
          from: mailFrom ? mailFrom.address : "",
          to: rcptTo.map(({ address }) => address),
          secure: session.secure,
          text: Buffer.concat(chunks).toString("utf8"),
        });
        done();
      });
    },
  });
  // Clients that hang up in the middle are part of the tests.
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.server.address() as AddressInfo).port,
    ca: cert,
    letters,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function certificate(): { readonly key: string; readonly cert: string } {
  const folder = mkdtempSync(join(tmpdir(), "svyaz-mail-"));
  try {
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    execFileSync(
      "openssl",
      [
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
        "-addext",
        "subjectAltName=DNS:localhost",
        "-keyout",
        key,
        "-out",
        cert,
      ],
      { stdio: "ignore" },
    );
    return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
