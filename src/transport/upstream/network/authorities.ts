import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import tls from "node:tls";
import { otherThanFile } from "../../../files/regularFile.js";
import type { Environment } from "./proxyChoice.js";
import { UnusableNetwork } from "./proxyUrl.js";

/** Which certificate authorities are trusted. */
export interface Authorities {
  /** For TLS connections; none where Node's own default will do. */
  readonly secureContext?: tls.SecureContext;
  /** The files that were added, each with where it was set. */
  readonly files: readonly { readonly path: string; readonly source: string }[];
}

/**
 * Trusts the authorities in `caFile` and in the file that `SSL_CERT_FILE` names, besides those that Node trusts anyway
 * (`NODE_EXTRA_CA_CERTS` among them).
 *
 * @throws {UnusableNetwork} for a file that cannot be read, or that holds something other than certificates
 */
export function authorities(caFile: string | undefined, env: Environment): Authorities {
  const files = [
    { path: caFile, source: "--ca-file" },
    { path: env["SSL_CERT_FILE"], source: "SSL_CERT_FILE" },
  ].flatMap(({ path, source }) => (path ? [{ path, source }] : []));
  if (files.length === 0) return { files };
  const added = files.map(({ path, source }) => readCertificates(path, source));
  // One context for all connections: parsing some 150 authorities takes tens of milliseconds, which each would pay otherwise.
  return { files, secureContext: tls.createSecureContext({ ca: [...nodesOwn(env), ...added.flat()] }) };
}

/** What Node trusts by default. Setting `ca` replaces that, so it has to be repeated. */
function nodesOwn(env: Environment): readonly string[] {
  const { getCACertificates } = tls as { getCACertificates?: (kind: "default") => string[] }; // Node 22.15 on
  if (getCACertificates) return getCACertificates("default");
  const extra = env["NODE_EXTRA_CA_CERTS"];
  return [...tls.rootCertificates, ...(extra ? readExtra(extra) : [])];
}

/** Node warns of a `NODE_EXTRA_CA_CERTS` that it cannot read, and goes on; so do we. */
function readExtra(path: string): string[] {
  try {
    return readCertificates(path, "NODE_EXTRA_CA_CERTS");
  } catch {
    return [];
  }
}

function readCertificates(path: string, source: string): string[] {
  const blocks = readText(path, source).match(
    /-----BEGIN ([A-Z0-9 ]*CERTIFICATE)-----[^]*?-----END \1-----/g,
  );
  if (!blocks) throw unusable(path, source, "there is no PEM certificate in it");
  blocks.forEach((block, index) => {
    try {
      new X509Certificate(block);
    } catch {
      throw unusable(path, source, `its certificate number ${index + 1} is broken`);
    }
  });
  return blocks;
}

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

function unusable(path: string, source: string, why: string): UnusableNetwork {
  return new UnusableNetwork(`the CA file ${path} (${source}) cannot be used: ${why}`);
}
