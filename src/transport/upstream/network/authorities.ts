import { readFileSync } from "node:fs";
import { otherThanFile } from "../../../files/regularFile.js";
import type { Environment } from "./proxyChoice.js";
import { UnusableNetwork } from "./proxyUrl.js";

/** A file of certificate authorities, with where it was set. */
export interface AuthorityFile {
  readonly path: string;
  readonly source: string;
  /** In PEM. They look like certificates; nobody has parsed them. */
  readonly certificates: readonly string[];
}

/** Which certificate authorities are trusted besides those that Node trusts anyway. */
export interface Authorities {
  readonly files: readonly AuthorityFile[];
  readonly env: Environment;
}

/**
 * Trusts the authorities in `caFile` and in the file that `SSL_CERT_FILE` names, besides those that Node trusts anyway
 * (`NODE_EXTRA_CA_CERTS` among them). Reads the files, and leaves parsing to the first TLS connection.
 *
 * @throws {UnusableNetwork} for a file that cannot be read, or that holds something other than certificates
 */
export function authorities(caFile: string | undefined, env: Environment): Authorities {
  const files = [
    { path: caFile, source: "--ca-file" },
    { path: env["SSL_CERT_FILE"], source: "SSL_CERT_FILE" },
  ].flatMap(({ path, source }) =>
    path ? [{ path, source, certificates: readCertificates(path, source) }] : [],
  );
  return { files, env };
}

/** The certificates in a file. @throws {UnusableNetwork} */
export function readCertificates(path: string, source: string): readonly string[] {
  const blocks = readText(path, source).match(
    /-----BEGIN ([A-Z0-9 ]*CERTIFICATE)-----[^]*?-----END \1-----/g,
  );
  if (!blocks) throw unusable(path, source, "there is no PEM certificate in it");
  const broken = blocks.findIndex((block) => !isWhole(block));
  if (broken >= 0) throw unusable(path, source, `its certificate number ${broken + 1} is broken`);
  return blocks;
}

/**
 * Whether a PEM block has a certificate's beginning, and no less behind it than that says: a DER sequence (X.690, 8.1; RFC
 * 5280, 4.1). `TRUSTED CERTIFICATE` has more.
 */
function isWhole(block: string): boolean {
  const der = Buffer.from(block.replace(/-----[^-]*-----/g, ""), "base64");
  const sizeOfLength = (der[1] ?? 0) - LONG_FORM;
  if (der[0] !== SEQUENCE || sizeOfLength < 1 || sizeOfLength > 3 || der.length < 5) return false;
  return der.length >= 2 + sizeOfLength + der.readUIntBE(2, sizeOfLength);
}

const SEQUENCE = 0x30;
const LONG_FORM = 0x80;

function readText(path: string, source: string): string {
  const other = otherThanFile(path);
  if (other) throw unusable(path, source, `it is ${other}`);
  try {
    return readFileSync(path, "latin1");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw unusable(path, source, code === "ENOENT" ? "there is no such file" : `it cannot be read (${code})`);
  }
}

/** The error for a file that cannot be used. */
export function unusable(path: string, source: string, why: string): UnusableNetwork {
  return new UnusableNetwork(`the CA file ${path} (${source}) cannot be used: ${why}`);
}
