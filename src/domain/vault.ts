/** A value that prints as "[secret]" wherever it is printed; only reveal() tells. */
export interface Secret {
  reveal(): string;
}

/** The secrets of one owner: a system's own ones, or one person's in that system. */
export interface Secrets {
  get(name: string): Promise<Secret | undefined>;
  /**
   * Reads, changes and stores under one lock. Token refresh uses it, so that of ten waiting
   * calls one goes to the server and nine get its answer.
   */
  update(name: string, change: (current: Secret | undefined) => Promise<Secret>): Promise<Secret>;
  remove(name: string): Promise<void>;
}

export interface Vault {
  of(owner: { readonly system: string; readonly person?: string }): Secrets;
  /** Encrypts everything again with the newest key; the old key stays readable until this ends. */
  rotate(): Promise<{ readonly rewritten: number }>;
}
