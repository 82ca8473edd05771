import type { Socket } from "node:net";

/** How long a connection on which writing failed may give nothing to read, in milliseconds. A broken one ends at once. */
const SILENT_MILLISECONDS = 1000;

type Written = (error?: Error | null) => void;

/** The two hooks through which a stream's writes go (Node's documentation, "Implementing a writable stream"). */
interface WriteHooks {
  _write?: (chunk: unknown, encoding: BufferEncoding, written: Written) => void;
  _writev?: ((chunks: unknown, written: Written) => void) | null;
}

/**
 * Makes a socket read to the end before it fails for a write. A server may answer before it has read the whole request,
 * and close: then the answer waits in the kernel while the next write ends with EPIPE or ECONNRESET, and Node destroys
 * a socket for that, with what has come on it (seen; Linux gives unread bytes after a reset, too).
 *
 * A failed write counts as one that does not end, so nothing more is written. What then ends the socket is the reading
 * side, or the failure itself a little later.
 *
 * @returns the same socket
 */
export function readAnswerFirst<S extends Socket>(socket: S): S {
  const hooks = socket as unknown as WriteHooks;
  const { _write: write, _writev: writev } = hooks;
  const unlessFailed =
    (written: Written): Written =>
    (error) => {
      if (!error || socket.readableEnded || !socket.readable) return written(error);
      let seen = socket.bytesRead;
      const timer = setInterval(() => {
        // Whoever reads may be slow.
        if (socket.readableLength === 0 && socket.bytesRead === seen) written(error);
        seen = socket.bytesRead;
      }, SILENT_MILLISECONDS);
      socket.once("close", () => clearInterval(timer));
    };
  if (write)
    hooks._write = (chunk, encoding, written) => write.call(socket, chunk, encoding, unlessFailed(written));
  if (writev) hooks._writev = (chunks, written) => writev.call(socket, chunks, unlessFailed(written));
  return socket;
}
