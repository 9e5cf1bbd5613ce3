/** Whose sign-in: one person's, or without a person the one that Svyaz uses for everybody. */
export interface SignInOwner {
  readonly system: string;
  readonly person?: string;
}

/** Tokens are in the vault; this is what people may know of them. "reconnect": the vendor takes the token no more. */
export interface SignIns {
  state(owner: SignInOwner): Promise<"connected" | "reconnect" | undefined>;
  connected(owner: SignInOwner): Promise<void>;
  /** The vendor has refused to go on. Told to the admins once, however often it is said. */
  lost(owner: SignInOwner): Promise<void>;
  forgotten(owner: SignInOwner): Promise<void>;
  /** The vendor does not know Svyaz's app, or not by this secret: nobody's token is renewed until an admin mends `variables`. One alert. */
  appRefused(system: string, variables: readonly string[]): Promise<void>;
  /** The vendor takes the app again. */
  appTaken(system: string): Promise<void>;
  /** All that need somebody to sign in again. */
  toReconnect(): Promise<readonly SignInOwner[]>;
}

/** What a browser brings back from the vendor's sign-in page. */
export type SignInCallback = Readonly<Record<string, string>>;

/** The vendor's side of signing in: the addresses, the exchange and the tokens. It knows nothing of chats. */
export interface SignInProvider {
  /** Whether people can sign in to it: it speaks OAuth, and an admin has registered the app. */
  offers(system: string): Promise<boolean>;
  /** The page to send the person to. `verifier` (PKCE) is kept until the callback. */
  begin(
    system: string,
    request: { readonly state: string; readonly redirectUri: string },
  ): Promise<{ readonly url: string; readonly verifier?: string }>;
  /**
   * Exchanges the code, finds out whose it is and keeps the tokens.
   * `accept` throws when that user of the vendor is not the owner's own; then nothing is kept.
   */
  complete(
    owner: SignInOwner,
    callback: SignInCallback,
    request: {
      readonly state: string;
      readonly redirectUri: string;
      readonly verifier?: string;
      readonly accept: (vendorUser: string | undefined) => Promise<void>;
    },
  ): Promise<void>;
  /** Revokes at the vendor where that is possible, and erases. False when there was nothing to erase. */
  disconnect(owner: SignInOwner): Promise<{ readonly erased: boolean; readonly revoked: boolean }>;
}
