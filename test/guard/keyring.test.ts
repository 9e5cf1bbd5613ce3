import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { newKeyLine, readKey } from "../../src/guard/key.js";
import { openKeyring } from "../../src/guard/keyring.js";

const folder = mkdtempSync(join(tmpdir(), "svyaz-keyring-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function keyringFile(text: string, mode = 0o600): string {
  const file = join(folder, `keyring-${files++}`);
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}
const production = { data: join(folder, "none"), production: true };

describe("a key", () => {
  const bad: readonly (readonly [string, string])[] = [
    ["a default word", "changeme"],
    ["a default word made long enough", Buffer.from("changeme".repeat(4)).toString("base64")],
    ["a sentence of 32 letters", Buffer.from("this is my secret key, 32 chars!").toString("base64")],
    ["all zeros", Buffer.alloc(32).toString("base64")],
    ["zeros as hexadecimal", "0".repeat(64)],
    ["a repeated piece", Buffer.from("a1b2c3d4e5f60718".repeat(4), "hex").toString("base64")],
    ["a plain series", Buffer.from(Array.from({ length: 32 }, (_, at) => at + 100)).toString("base64")],
    ["16 bytes", randomBytes(16).toString("base64")],
    ["33 bytes", randomBytes(33).toString("base64")],
    ["63 hexadecimal digits", randomBytes(32).toString("hex").slice(1)],
    ["spaces inside", `${randomBytes(16).toString("base64")} ${randomBytes(16).toString("base64")}`],
    ["nothing", "   "],
    ["a name with a slash", `a/b:${randomBytes(32).toString("base64")}`],
  ];
  it.each(bad)("is refused when it is %s; the complaint names the variable, the way to make one, and not the value", async (_, value) => {
    const opening = openKeyring({ ...production, key: value });
    await expect(opening).rejects.toMatchObject({ code: "settings-invalid" });
    const { message } = (await opening.catch((error: unknown) => error)) as Error;
    expect(message).toContain("ENCRYPTION_KEY");
    expect(message).toContain("svyaz keys new");
    if (value.trim() !== "") expect(message).not.toContain(value.trim());
  });

  it.each(["base64", "base64url", "hex"] as const)("is taken as %s", async (encoding) => {
    const value = randomBytes(32).toString(encoding);
    const keyring = await openKeyring({ ...production, key: ` ${value}\n` });
    expect(keyring.newest().id).toMatch(/^k-[0-9a-f]{8}$/);
    expect(readKey(value, "").id).toBe(keyring.newest().id);
  });

  it("never shows its bytes", () => {
    const line = newKeyLine();
    const key = readKey(line, "");
    expect(inspect(key, { depth: 9 }) + JSON.stringify(key)).not.toContain(line.split(":")[1]);
  });
});

describe("a keyring file", () => {
  it("gives its last key to what is new, and every key to what is old", async () => {
    const [old, young] = [newKeyLine(), newKeyLine()];
    const keyring = await openKeyring({ ...production, file: keyringFile(`# the first\n${old}\n\n${young}\n`) });
    expect(keyring.newest().id).toBe(readKey(young, "").id);
    expect((await keyring.find(readKey(old, "").id))?.id).toBe(readKey(old, "").id);
  });

  it("sees a key that was added while it is open", async () => {
    const file = keyringFile(newKeyLine());
    const keyring = await openKeyring({ ...production, file });
    const line = newKeyLine();
    writeFileSync(file, `${readFileSync(file, "utf8")}\n${line}\n`);
    expect(await keyring.find(readKey(line, "").id)).toBeDefined();
    expect(keyring.newest().id).toBe(readKey(line, "").id);
  });

  it.each([0o644, 0o640, 0o604])("is refused when others may read it (%o)", async (mode) => {
    await expect(openKeyring({ ...production, file: keyringFile(newKeyLine(), mode) })).rejects.toThrow(/SVYAZ_KEYRING.*chmod 600/);
  });

  it("is refused when it is missing, empty, broken or ambiguous, and the line is named", async () => {
    const line = newKeyLine();
    const id = line.split(":")[0];
    const refused = (file: string) => expect(openKeyring({ ...production, file })).rejects;
    await refused(join(folder, "no such file")).toThrow(/SVYAZ_KEYRING.*svyaz keys new/);
    await refused(keyringFile("# nothing\n")).toThrow("it holds no key");
    await refused(keyringFile(`${line}\nbroken:c2hvcnQ=\n`)).toThrow(/line 2: .*5 bytes instead of 32/);
    await refused(keyringFile(`${line}\n${id}:${randomBytes(32).toString("base64")}\n`)).toThrow(`two keys are called ${id}`);
  });

  it("that is new takes the place of ENCRYPTION_KEY, which stays readable", async () => {
    const [old, young] = [newKeyLine(), newKeyLine()];
    const keyring = await openKeyring({ ...production, key: old, file: keyringFile(young) });
    expect(keyring.list().map(({ id }) => id)).toEqual([readKey(old, "").id, readKey(young, "").id]);
    expect(keyring.newest().id).toBe(readKey(young, "").id);
    await expect(keyring.remove(readKey(old, "").id)).rejects.toThrow("ENCRYPTION_KEY");
  });
});

describe("without a key", () => {
  it("a sandbox makes one for itself, which nobody else may read, and keeps it", async () => {
    const data = mkdtempSync(join(folder, "data-"));
    const keyring = await openKeyring({ data, production: false });
    expect(keyring.generated).toBe(join(data, "keyring"));
    expect(statSync(join(data, "keyring")).mode & 0o777).toBe(0o600);
    expect((await openKeyring({ data, production: false })).newest().id).toBe(keyring.newest().id);
  });

  it("real systems get none: it is said how to make one, also when a sandbox left its key beside the data", async () => {
    const data = mkdtempSync(join(folder, "data-"));
    const empty = await openKeyring({ data, production: true });
    expect(() => empty.newest()).toThrow(/svyaz keys new.*ENCRYPTION_KEY.*SVYAZ_KEYRING/);
    const sandbox = await openKeyring({ data, production: false });
    const left = await openKeyring({ data, production: true });
    expect(() => left.newest()).toThrow(/move that file elsewhere/);
    expect(await left.find(sandbox.newest().id)).toBeDefined();
  });
});
