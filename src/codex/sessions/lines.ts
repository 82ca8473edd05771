/** Enough of a line to see what it is: `{"timestamp":"...","ordinal":12,"type":"event_msg","payload":{"type":"...`. */
const HEAD_BYTES = 256;
/** The longest line that is read; the ones of interest are a few kB. */
const LONGEST_LINE = 8 * 1024 * 1024;
const NEWLINE = 10;

/** Takes text as it comes. */
export interface LineFilter {
  push(chunk: Uint8Array): void;
  /** There is no more: what is left is the last line, perhaps torn. */
  end(): void;
}

/**
 * Cuts text into lines and hands on those that are wanted. Most lines of a session log are not, and many are long:
 * they are passed over without being kept or decoded.
 *
 * @param wanted decides by a line's first bytes, decoded as Latin-1
 * @param take gets the whole line, without its end
 */
export function lineFilter(wanted: (head: string) => boolean, take: (line: string) => void): LineFilter {
  let kept: Uint8Array[] = [];
  let size = 0;
  let verdict: "unknown" | "wanted" | "unwanted" = "unknown";

  function add(piece: Uint8Array, outlivesChunk = false): void {
    if (verdict === "unwanted" || piece.length === 0) return;
    // A decoder may use its buffer again.
    kept.push(outlivesChunk ? Uint8Array.prototype.slice.call(piece) : piece);
    size += piece.length;
    if (verdict === "unknown" && size >= HEAD_BYTES) decide();
    if (size > LONGEST_LINE) drop();
  }

  function decide(): void {
    if (wanted(Buffer.concat(kept, Math.min(size, HEAD_BYTES)).toString("latin1"))) verdict = "wanted";
    else drop();
  }

  function drop(): void {
    verdict = "unwanted";
    kept = [];
    size = 0;
  }

  function endLine(): void {
    if (verdict === "unknown" && size > 0) decide();
    const whole = verdict === "wanted" ? Buffer.concat(kept, size).toString("utf8") : undefined;
    drop();
    verdict = "unknown";
    if (whole !== undefined) take(whole);
  }

  return {
    push(chunk) {
      let start = 0;
      for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
        add(chunk.subarray(start, end));
        endLine();
        start = end + 1;
      }
      add(chunk.subarray(start), true);
    },
    end: endLine,
  };
}
