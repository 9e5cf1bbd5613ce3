/** Who may look: any of the named people, and members of any of the named groups. */
export interface Viewers {
  /** Ids of employees. */
  readonly users: readonly string[];
  readonly groups: readonly string[];
}

export interface LibrarySpace {
  readonly key: string;
  readonly id: number;
  readonly name: string;
  readonly readers: Viewers;
  /** Found only by those who ask for archived spaces. */
  readonly archived?: true;
}

export interface LibraryAttachment {
  readonly id: number;
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
  /** Words that stand in it, for tests of extraction. */
  readonly says: string;
}

export interface LibraryPage {
  /** Stable over releases: "travel-policy", "sales-meeting-07". */
  readonly key: string;
  readonly id: number;
  readonly spaceKey: string;
  readonly parentKey?: string;
  readonly title: string;
  readonly language: "ru" | "en";
  readonly labels: readonly string[];
  /** Id of the employee. */
  readonly authorId: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly version: number;
  /** Storage format; people are written as `{{user:anna}}`, because the editions name them differently. */
  readonly body: string;
  /** A view restriction of the page itself; those of its ancestors come on top. */
  readonly viewers?: Viewers;
  readonly attachments: readonly LibraryAttachment[];
  /** It tries to give orders to whoever reads it. */
  readonly poisoned?: true;
}

/** A question people ask, and the page that answers it. */
export interface LibraryQuestion {
  readonly question: string;
  readonly language: "ru" | "en";
  readonly pageKey: string;
  /** Stands in the page's text as it is. */
  readonly answer: string;
}

/** What one page is before it has an id, dates and a place. */
export interface Draft {
  readonly key: string;
  readonly parent?: string;
  readonly title: string;
  readonly labels?: readonly string[];
  readonly author?: string;
  readonly body: string;
  readonly viewers?: Viewers;
  readonly files?: readonly Omit<LibraryAttachment, "id">[];
  readonly poisoned?: true;
}
