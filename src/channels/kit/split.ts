import { wholeCharacters } from "./printable.js";
import { type Span, sliceSpans, textOf } from "./spans.js";

/** How much something takes of a message. */
export interface Size {
  /** UTF-16 units of the text as it is shown, without markup. */
  readonly length: number;
  /** Stretches with a look or a link. */
  readonly marks: number;
}

export function sizeOf(spans: readonly Span[]): Size {
  return { length: textOf(spans).length, marks: spans.reduce((sum, span) => sum + marksOf(span), 0) };
}

/** Cuts text that fits no message at the best border inside the limit: line, sentence, word, character. */
export function splitSpans(spans: readonly Span[], limit: Size): readonly (readonly Span[])[] {
  const parts: (readonly Span[])[] = [];
  let rest = spans;
  while (rest.length > 0) {
    const end = borderOf(rest, limit);
    parts.push(sliceSpans(rest, 0, end));
    rest = sliceSpans(rest, end);
  }
  return parts;
}

/** Cuts lines of fixed-width text into pieces of whole lines; a line longer than a piece is cut by characters. */
export function splitLines(text: string, length: number): readonly string[] {
  return splitSpans([{ text }], { length, marks: 1 }).map((part) => textOf(part).replace(/^\n|\n$/g, ""));
}

/** Puts what follows one another together, as much as fits; `gap` is what stands between two. */
export function pack<Unit extends Size>(units: readonly Unit[], limit: Size, gap: number): readonly (readonly Unit[])[] {
  const packed: Unit[][] = [];
  let length = 0;
  let marks = 0;
  for (const unit of units) {
    const last = packed.at(-1);
    if (last && length + gap + unit.length <= limit.length && marks + unit.marks <= limit.marks) {
      last.push(unit);
      length += gap + unit.length;
      marks += unit.marks;
    } else {
      packed.push([unit]);
      ({ length, marks } = unit);
    }
  }
  return packed;
}

function marksOf(span: Span): number {
  return [span.bold, span.italic, span.strike, span.code ?? span.inert, span.link !== undefined].filter(Boolean).length;
}

function borderOf(spans: readonly Span[], limit: Size): number {
  const text = textOf(spans);
  let most = 0;
  let marks = 0;
  for (const span of spans) {
    marks += marksOf(span);
    if (marks > limit.marks && most > 0) break;
    most += span.text.length;
  }
  if (most === text.length && most <= limit.length) return most;
  const end = Math.min(most, limit.length);
  const head = text.slice(0, end);
  for (const border of ["\n", /[.!?…]\s/g, " "]) {
    const place = typeof border === "string" ? head.lastIndexOf(border) + 1 : lastEnd(head, border);
    // A border far back would leave a nearly empty message.
    if (place > end / 2) return place;
  }
  return wholeCharacters(text, end);
}

function lastEnd(text: string, pattern: RegExp): number {
  const last = [...text.matchAll(pattern)].at(-1);
  return last ? last.index + last[0].length : 0;
}
