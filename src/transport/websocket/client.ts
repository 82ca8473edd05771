import { closeAs } from "./closing.js";
import type { Side } from "./flow.js";

/** "Service Restart" (IANA's registry of close codes): come back, to whoever is there then. */
const SERVICE_RESTART = 1012;

/** A client's WebSocket, and the turns on it: told to stop, it ends between two of them. */
export interface Client extends Side {
  /** A turn has been asked for. */
  began(): void;
  /** It is over, and its events have been sent. */
  ended(): void;
  /** Ends the connection as soon as no turn is open on it. */
  retire(): void;
  /** Ends it now. */
  close(): void;
}

/** @param onChange hears by how many the open turns have become more or fewer, until the connection ends */
export function clientOf({ socket, connection }: Side, onChange: (by: number) => void): Client {
  let open = 0;
  let isRetiring = false;
  const count = (by: number): void => {
    if (socket.readyState === socket.CLOSED) return;
    open += by;
    onChange(by);
  };
  const close = (): void => {
    // What it asks now it will ask again elsewhere: nobody would hear the answer.
    socket.removeAllListeners("message");
    closeAs({ socket, connection }, SERVICE_RESTART, "codexcomp is stopping");
  };
  const closeIfIdle = (): void => {
    if (isRetiring && open === 0) close();
  };
  socket.once("close", () => onChange(-open));
  return {
    ...{ socket, connection, close },
    began: () => count(1),
    ended: () => {
      count(-1);
      // What has come with the terminal goes out with it, and a turn that has waited for this one begins.
      if (isRetiring) setImmediate(closeIfIdle);
    },
    retire: () => {
      isRetiring = true;
      closeIfIdle();
    },
  };
}
