import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { Writable } from "node:stream";

/** Past this size a log file becomes the previous one, which replaces the one before. */
const LARGEST = 5 * 1024 * 1024;

/**
 * A log file that is never much larger than `largest`; the lines before are kept in `PATH.1`. It is written at once, so
 * that the last words of a process that dies are in it. What cannot be written is lost: a log must not end a proxy.
 */
export function rotatingLog(path: string, largest = LARGEST): Writable {
  let file = open(path);
  let size = file === undefined ? 0 : fstatSync(file).size;
  return new Writable({
    decodeStrings: true,
    write(chunk: Buffer, _encoding, done) {
      try {
        if (size > 0 && size + chunk.length > largest) {
          if (file !== undefined) closeSync(file);
          renameSync(path, `${path}.1`);
          file = open(path);
          size = 0;
        }
        if (file !== undefined) size += writeSync(file, chunk);
      } catch {
        file = open(path);
      }
      done();
    },
    destroy(error, done) {
      if (file !== undefined) closeSync(file);
      done(error);
    },
  });
}

function open(path: string): number | undefined {
  try {
    mkdirSync(dirname(path), { recursive: true });
    return openSync(path, "a", 0o600);
  } catch {
    return undefined;
  }
}
