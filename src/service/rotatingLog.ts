import { closeSync, constants, fstatSync, mkdirSync, renameSync, statSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { Writable } from "node:stream";
import { openFileSync } from "../files/regularFile.js";

/** Past this size a log file becomes the previous one, which replaces the one before. */
const LARGEST = 5 * 1024 * 1024;

/**
 * A log file that is never much larger than `largest`; the lines before are kept in `PATH.1`. It is written at once, so
 * that the last words of a process that dies are in it. What cannot be written is lost: a log must not end a proxy.
 * Several processes may write to it; who finds that another has set the file aside goes on with the new one.
 */
export function rotatingLog(path: string, largest = LARGEST): Writable {
  let file = open(path);
  const reopen = (): void => {
    if (file !== undefined) closeSync(file);
    file = open(path);
  };
  return new Writable({
    decodeStrings: true,
    write(chunk: Buffer, _encoding, done) {
      try {
        const isOld =
          file === undefined || fstatSync(file).ino !== statSync(path, { throwIfNoEntry: false })?.ino;
        if (isOld) reopen();
        const size = file === undefined ? 0 : fstatSync(file).size;
        const isFull = size > 0 && size + chunk.length > largest;
        const hasRoom = !isFull || isSetAside(path);
        if (isFull && hasRoom) reopen();
        // Where it cannot be set aside it goes on, but not for ever.
        if (file !== undefined && (hasRoom || size < 2 * largest)) writeSync(file, chunk);
      } catch {
        reopen();
      }
      done();
    },
    destroy(error, done) {
      if (file !== undefined) closeSync(file);
      done(error);
    },
  });
}

/** Not where somebody has one of the two files open on Windows, or may not write to the folder. */
function isSetAside(path: string): boolean {
  try {
    renameSync(path, `${path}.1`);
    return true;
  } catch {
    return false;
  }
}

function open(path: string): number | undefined {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return openFileSync(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT, 0o600);
  } catch {
    return undefined;
  }
}
