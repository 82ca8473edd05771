import { appendFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Appends to the files of one folder, in order. */
export interface FolderAppender {
  /**
   * Appends to a file, later. Never throws, never waits; once something is lost, nothing more of the folder is written:
   * a gap would look like what happened.
   *
   * @param size of the text, or about
   * @param text called when it is written
   */
  append(file: string, size: number, text: () => string): void;
}

export interface Appender {
  folder(path: string): FolderAppender;
  /** Resolves when everything is on disk, or lost. */
  close(): Promise<void>;
}

export interface AppenderOptions {
  /** The most that may wait for the disk, in bytes. */
  readonly maxWaiting: number;
  /** Told of each cause of losses once. */
  readonly onLoss: (reason: string) => void;
}

/** Bytes that are put together at once, for others have to run in between. */
const BATCH = 64 * 1024;

interface Folder {
  /** Something could not be taken: nothing more is. */
  lost: boolean;
  /** Something could not be written: nothing more is. */
  failed: boolean;
}

interface Waiting {
  readonly folder: Folder;
  readonly pieces: Piece[];
}

interface Piece {
  readonly size: number;
  readonly text: () => string;
}

/**
 * Writes to many files, one after the other, and everything that waits for a file at once: however many turns run, one
 * file is open, and a slow disk makes writes larger and not more.
 */
export function appender({ maxWaiting, onLoss }: AppenderOptions): Appender {
  const files = new Map<string, Waiting>();
  const told = new Set<string>();
  let waiting = 0;
  let writing: Promise<void> | undefined;

  const lose = (folder: Folder, reason: string): void => {
    folder.lost = true;
    if (told.has(reason)) return;
    told.add(reason);
    onLoss(reason);
  };

  const write = async (path: string, { folder, pieces }: Waiting): Promise<void> => {
    try {
      for (let at = 0; at < pieces.length && !folder.failed;) {
        const batch = [];
        for (let size = 0; at < pieces.length && size < BATCH; at++) {
          batch.push(pieces[at]?.text());
          size += pieces[at]?.size ?? 0;
        }
        await appendPrivately(path, batch.join(""));
      }
    } catch (error) {
      folder.failed = true;
      lose(folder, (error as NodeJS.ErrnoException).code ?? (error as Error).name);
    }
    waiting -= pieces.reduce((sum, { size }) => sum + size, 0);
  };
  const writeAll = async (): Promise<void> => {
    // What the events are recorded for goes first: the client.
    await new Promise((resolve) => setImmediate(resolve));
    for (const [path, waits] of files) {
      files.delete(path);
      await write(path, waits);
    }
    writing = undefined;
  };

  return {
    folder: (path) => {
      const folder: Folder = { lost: false, failed: false };
      return {
        append: (name, size, text) => {
          if (folder.lost) return;
          if (waiting + size > maxWaiting) return lose(folder, "the disk does not keep up");
          waiting += size;
          const file = join(path, name);
          const waits = files.get(file) ?? { folder, pieces: [] };
          waits.pieces.push({ size, text });
          files.set(file, waits);
          writing ??= writeAll();
        },
      };
    },
    close: async () => {
      while (writing) await writing;
    },
  };
}

/** Recordings are conversations: nobody else may read them. */
async function appendPrivately(path: string, text: string): Promise<void> {
  const append = (): Promise<void> => appendFile(path, text, { mode: 0o600 });
  try {
    await append();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await append();
  }
}
