/** Bytes of a text file, and what its carrier said of them. */
export interface EncodedText {
  readonly bytes: Uint8Array;
  /** From the MIME part or the HTTP header. */
  readonly charset?: string;
}

/**
 * Decodes text of unknown encoding: byte order mark, the carrier's charset, the document's own declaration (first kilobyte),
 * strict UTF-8, and at last the Russian encoding that reads most like Russian.
 */
export function decodeText({ bytes, charset }: EncodedText): string {
  const marked = byMark(bytes);
  if (marked) return new TextDecoder(marked).decode(bytes);
  const head = latin1(bytes.subarray(0, 1024));
  const declared = charset ?? /charset\s*=\s*["']?([\w-]+)/i.exec(head)?.[1] ?? /^<\?xml[^>]*encoding\s*=\s*["']([\w-]+)/i.exec(head)?.[1];
  const decoder = declared && decoderOf(declared);
  if (decoder) {
    const decoded = decoder.decode(bytes);
    // A wrong declaration shows: a template says UTF-8 above a page in windows-1251.
    if (!decoded.includes("\ufffd")) return decoded;
  }
  const wide = withoutMark(bytes);
  if (wide) return new TextDecoder(wide).decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return decodeEightBit(bytes);
  }
}

/** Text in one of the eight-bit encodings that Russian files come in; windows-1252 where nothing in it is Cyrillic. */
export function decodeEightBit(bytes: Uint8Array): string {
  const sample = bytes.subarray(0, 65_536);
  if (looksWestern(sample)) return new TextDecoder("windows-1252").decode(bytes);
  let best = "windows-1251";
  let bestScore = Number.NEGATIVE_INFINITY;
  for (const encoding of ["windows-1251", "koi8-r", "ibm866"]) {
    const score = readsLikeRussian(new TextDecoder(encoding).decode(sample));
    if (score > bestScore) [best, bestScore] = [encoding, score];
  }
  return new TextDecoder(best).decode(bytes);
}

/** Higher is more like Russian: frequent letters and pairs, no capitals in the middle of words, no foreign signs. */
export function readsLikeRussian(text: string): number {
  let score = 0;
  let counted = 0;
  let before = "";
  for (const sign of text) {
    if (sign > "\u007f") {
      counted += 1;
      const small = sign.toLowerCase();
      const rank = byFrequency.indexOf(small);
      if (rank >= 0) {
        score += 1 - rank / 16;
        if (pairs.has(before.toLowerCase() + small)) score += 0.6;
        if (sign !== small && /[а-яё]/.test(before)) score -= 2;
      } else if (!usualSigns.includes(sign)) score -= 2;
    }
    before = sign;
  }
  return counted === 0 ? 0 : score / counted;
}

const byFrequency = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё";
const pairs = new Set(
  "ст но то на ен ов ни ра во ко пр по го ро ро не ли ос ал от ер ре та ть ел ка ва де за ом ор ия ие ый ая ой".split(" "),
);
const usualSigns = "«»—–№„“”…• §°±©®™€₽\u00a0";

function byMark(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return "utf-8";
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  return undefined;
}

/** UTF-16 without a mark: in Russian and English text every second byte is then a small number. */
function withoutMark(bytes: Uint8Array): string | undefined {
  const sample = bytes.subarray(0, 2_048);
  if (sample.length < 8 || sample.length % 2 !== 0) return undefined;
  let even = 0;
  let odd = 0;
  for (let at = 0; at < sample.length; at += 2) {
    if ((sample[at] ?? 0) <= 4) even += 1;
    if ((sample[at + 1] ?? 0) <= 4) odd += 1;
  }
  const most = (sample.length / 2) * 0.9;
  if (odd >= most && even < most / 2) return "utf-16le";
  if (even >= most && odd < most / 2) return "utf-16be";
  return undefined;
}

/** "Café": single high bytes between Latin letters, which no Russian word has. */
function looksWestern(bytes: Uint8Array): boolean {
  const runs = latin1(bytes).match(/[\u0080-\u00ff]+/g) ?? [];
  const single = latin1(bytes).match(/(?<=[A-Za-z])[\u0080-\u00ff](?=[A-Za-z\s.,;!?)]|$)/g)?.length ?? 0;
  return runs.length > 0 && single / runs.length > 0.6;
}

function decoderOf(label: string): InstanceType<typeof TextDecoder> | undefined {
  try {
    return new TextDecoder(label);
  } catch {
    return undefined;
  }
}

/** Each byte as the character of the same number; `TextDecoder("latin1")` is windows-1252 and would not do. */
export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
