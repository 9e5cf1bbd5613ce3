/** Places of work, shared fairly. */
export interface FairQueue {
  /** There is work of this person in this chat. */
  add(person: string, chat: string): void;
  /** Does this person's work wait or run here? */
  has(person: string): boolean;
  /** Begins nothing new and waits for what runs. */
  stop(): Promise<void>;
}

interface Lane {
  running: boolean;
  /** Work was added while it ran. */
  again: boolean;
}

interface Line {
  readonly lanes: Map<string, Lane>;
  running: number;
}

/**
 * At most `places` pieces of work at once, one at a time in a chat. Places go to persons in turn, and a person's to their chats in
 * turn; nobody holds more than `share` of them, so that a place is free as soon as somebody else comes. `work` does one piece and
 * tells whether there is more of this person in this chat; it must not reject.
 */
export function createFairQueue({
  places,
  share,
  work,
}: {
  readonly places: number;
  readonly share: number;
  readonly work: (person: string, chat: string) => Promise<boolean>;
}): FairQueue {
  /** In the order of their turns: who was served goes to the end. */
  const lines = new Map<string, Line>();
  const busyChats = new Set<string>();
  const running = new Set<Promise<void>>();
  let stopping = false;

  const nextPiece = (): { readonly person: string; readonly chat: string } | undefined => {
    if (running.size >= places) return undefined;
    for (const [person, line] of lines) {
      if (line.running >= share) continue;
      for (const chat of line.lanes.keys()) if (!busyChats.has(chat)) return { person, chat };
    }
    return undefined;
  };

  const begin = (person: string, chat: string): void => {
    const line = lines.get(person);
    const lane = line?.lanes.get(chat);
    if (!line || !lane) return;
    lines.delete(person);
    lines.set(person, line);
    line.lanes.delete(chat);
    line.lanes.set(chat, lane);
    line.running += 1;
    busyChats.add(chat);
    lane.running = true;
    lane.again = false;
    const piece = work(person, chat)
      .then((more) => {
        lane.running = false;
        if (!more && !lane.again) line.lanes.delete(chat);
      })
      .finally(() => {
        line.running -= 1;
        busyChats.delete(chat);
        running.delete(piece);
        if (line.lanes.size === 0) lines.delete(person);
        fill();
      });
    running.add(piece);
  };

  const fill = (): void => {
    if (stopping) return;
    for (let piece = nextPiece(); piece; piece = nextPiece()) begin(piece.person, piece.chat);
  };

  return {
    add(person, chat) {
      const line = lines.get(person) ?? { lanes: new Map<string, Lane>(), running: 0 };
      lines.set(person, line);
      const lane = line.lanes.get(chat);
      if (lane?.running) lane.again = true;
      if (!lane) line.lanes.set(chat, { running: false, again: false });
      fill();
    },
    has: (person) => lines.has(person),
    async stop() {
      stopping = true;
      await Promise.allSettled(running);
    },
  };
}
