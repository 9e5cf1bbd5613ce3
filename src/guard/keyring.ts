import { existsSync } from "node:fs";
import { chmod, mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { NotFound, RequestRefused, SettingsInvalid } from "../domain/errors.js";
import { type Key, newKeyLine, readKey } from "./key.js";

/**
 * Where keys come from. A key management service is one more of these: it unwraps data keys that were wrapped by it, and takes no
 * part afterwards.
 */
export interface KeySource {
  /** What an admin calls it: "SVYAZ_KEYRING (/etc/svyaz/keyring)". */
  readonly name: string;
  /** The oldest first; the newest encrypts. */
  load(): Promise<readonly Key[]>;
  /** Absent where only an admin can: in the environment. */
  add?(): Promise<void>;
  remove?(id: string): Promise<void>;
}

/** The keys that secrets at rest are encrypted with. */
export interface Keyring {
  /** What new secrets are encrypted with. Throws SettingsInvalid, saying how to make one, where there is none to be used. */
  newest(): Key;
  /** Looks into the sources again before it gives up: another process may have added the key. */
  find(id: string): Promise<Key | undefined>;
  /** Reads the sources anew. */
  reload(): Promise<void>;
  /** Makes a key, which is the newest from now on. */
  add(): Promise<Key>;
  remove(id: string): Promise<void>;
  /** The oldest first. */
  list(): readonly { readonly id: string; readonly from: string }[];
  /** Why nothing new may be encrypted. */
  readonly refusal?: string;
  /** The file that was made because nothing was set. */
  readonly generated?: string;
}

export interface KeyringOptions {
  /** The value of ENCRYPTION_KEY. */
  readonly key?: string;
  /** The file that SVYAZ_KEYRING names. */
  readonly file?: string;
  /** The data folder, where a sandbox alone keeps the key that was made for it. */
  readonly data: string;
  /** Real systems are connected, or NODE_ENV says so: a key that lies beside the data is not enough. */
  readonly production: boolean;
}

const missing =
  "secrets cannot be stored: no key is set. Make one with: svyaz keys new, and set it as ENCRYPTION_KEY, or keep it in a file that SVYAZ_KEYRING names";

/** Opens the keyring of the settings; throws SettingsInvalid naming what is wrong with a key that is set. */
export async function openKeyring({ key, file, data, production }: KeyringOptions): Promise<Keyring> {
  const sources: KeySource[] = [];
  if (key) sources.push(environmentKeySource("ENCRYPTION_KEY", key));
  if (file) sources.push(fileKeySource("SVYAZ_KEYRING", file));
  if (sources.length > 0) return createKeyring(sources);

  const own = join(data, "keyring");
  const source = fileKeySource("keyring", own);
  if (!production) {
    if (!existsSync(own)) await source.add?.();
    return createKeyring([source], { generated: own });
  }
  const beside = `${missing}. The key in ${own} lies beside the data: move that file elsewhere and name it in SVYAZ_KEYRING`;
  return existsSync(own) ? createKeyring([source], { refusal: beside }) : createKeyring([], { refusal: missing });
}

/** A keyring over these sources; the last key of the last source is the newest. */
export async function createKeyring(
  sources: readonly KeySource[],
  about: { readonly refusal?: string; readonly generated?: string } = {},
): Promise<Keyring> {
  let keys = new Map<string, { readonly key: Key; readonly source: KeySource }>();
  const load = async () => {
    const found = new Map<string, { readonly key: Key; readonly source: KeySource }>();
    for (const source of sources)
      for (const key of await source.load()) {
        const known = found.get(key.id);
        if (known && !known.key.bytes.equals(key.bytes))
          throw new SettingsInvalid(`${source.name}: two keys are called ${key.id}`, { operation: "keyring.read" });
        // The same key in the environment and in the file is one key, and stands where it came last.
        found.delete(key.id);
        found.set(key.id, { key, source });
      }
    keys = found;
  };
  await load();

  const newest = () => {
    const last = [...keys.values()].at(-1);
    if (about.refusal || !last) throw new SettingsInvalid(about.refusal ?? missing, { operation: "keyring.newest" });
    return last.key;
  };
  return {
    ...about,
    newest,
    reload: load,
    async find(id) {
      if (!keys.has(id)) await load();
      return keys.get(id)?.key;
    },
    async add() {
      const source = sources.at(-1);
      if (about.refusal || !source?.add)
        throw new RequestRefused(
          about.refusal ??
            `${source?.name}: Svyaz cannot add a key there. Put a new one (svyaz keys new) into a file of its own, name it in SVYAZ_KEYRING, and keep ENCRYPTION_KEY until it is retired`,
          { operation: "keyring.add" },
        );
      await source.add();
      await load();
      return newest();
    },
    async remove(id) {
      const known = keys.get(id);
      if (!known) throw new NotFound(`there is no key ${id}; there are: ${[...keys.keys()].join(", ")}`, { operation: "keyring.remove" });
      if (!known.source.remove)
        throw new RequestRefused(`${known.source.name}: nothing uses the key ${id} any more; take the variable away`, {
          operation: "keyring.remove",
        });
      await known.source.remove(id);
      await load();
    },
    list: () => [...keys.values()].map(({ key, source }) => ({ id: key.id, from: source.name })),
  };
}

/** One key in a variable. */
export function environmentKeySource(variable: string, value: string): KeySource {
  return { name: variable, load: async () => [readKey(value, variable)] };
}

/**
 * A file with one "id:base64" a line, the newest last; empty lines and lines after # mean nothing. Nobody but its owner may read
 * it. `name` is what named it.
 */
export function fileKeySource(name: string, path: string): KeySource {
  const where = `${name} (${path})`;
  const read = async (): Promise<readonly string[]> => {
    const trouble = (what: string, cause?: unknown) => new SettingsInvalid(`${where}: ${what}`, { operation: "keyring.read", cause });
    const about = await stat(path).catch((cause: unknown) => {
      throw trouble("the file cannot be read. Make a key with: svyaz keys new", cause);
    });
    if (process.platform !== "win32" && (about.mode & 0o077) !== 0) throw trouble(`others may read it; run: chmod 600 ${path}`);
    return (await readFile(path, "utf8")).split(/\r?\n/);
  };
  const write = async (lines: readonly string[]) => {
    // A whole file or none, also when the power goes.
    const draft = `${path}.${process.pid}`;
    await writeFile(draft, `${lines.join("\n").trim()}\n`, { mode: 0o600, flush: true });
    await chmod(draft, 0o600);
    await rename(draft, path);
  };
  const isKey = (line: string) => line.trim() !== "" && !line.trim().startsWith("#");
  return {
    name: where,
    async load() {
      const lines = await read();
      const keys = lines.flatMap((line, at) => (isKey(line) ? [readKey(line, `${where}, line ${at + 1}`)] : []));
      const ids = keys.map(({ id }) => id);
      const twice = ids.find((id, at) => ids.indexOf(id) !== at);
      if (twice) throw new SettingsInvalid(`${where}: two keys are called ${twice}`, { operation: "keyring.read" });
      if (keys.length === 0)
        throw new SettingsInvalid(`${where}: it holds no key. Make one with: svyaz keys new`, { operation: "keyring.read" });
      return keys;
    },
    async add() {
      await mkdir(dirname(path), { recursive: true });
      await write([...(existsSync(path) ? await read() : []), newKeyLine()].filter((line) => line !== ""));
    },
    async remove(id) {
      const lines = await read();
      await write(lines.filter((line) => !isKey(line) || readKey(line, where).id !== id));
    },
  };
}
