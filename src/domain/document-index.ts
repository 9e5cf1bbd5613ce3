import type { Entity, EntityRef } from "./entity.js";
import type { Person } from "./people.js";

/** Everything searchable, found by meaning and by words. */
export interface DocumentIndex {
  /** Replaces whatever was stored of these entities; the same entity twice costs one embedding. */
  put(entities: readonly Entity[]): Promise<void>;
  remove(refs: readonly EntityRef[]): Promise<void>;
  /** Never returns what `person` may not read: the audience is part of the query, not a filter after it. */
  search(query: IndexQuery): Promise<readonly Passage[]>;
  /** The whole text of one entity as it was indexed, if `person` may read it: for files that no connector serves. */
  read(ref: EntityRef, person: Person): Promise<string | undefined>;
}

export interface IndexQuery {
  readonly text: string;
  readonly person: Person;
  readonly systems?: readonly string[];
  readonly limit: number;
  /** Asked for hits whose audience is "ask"; those not returned are not shown. */
  readable(refs: readonly EntityRef[]): Promise<readonly EntityRef[]>;
}

export interface Passage {
  readonly ref: EntityRef;
  readonly title: string;
  readonly url?: string;
  readonly text: string;
  readonly score: number;
}
