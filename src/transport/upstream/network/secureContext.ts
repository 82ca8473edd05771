import { X509Certificate } from "node:crypto";
import tls from "node:tls";
import { readCertificates, unusable, type Authorities } from "./authorities.js";

/**
 * What TLS connections are verified by: the authorities that were added, and those that Node trusts anyway. To be made
 * once for all of them: parsing some 150 authorities takes tens of milliseconds.
 *
 * @throws {UnusableNetwork} for a certificate that is broken
 */
export function secureContext({ files, env }: Authorities): tls.SecureContext {
  for (const { path, source, certificates } of files)
    certificates.forEach((certificate, index) => {
      try {
        new X509Certificate(certificate);
      } catch {
        throw unusable(path, source, `its certificate number ${index + 1} is broken`);
      }
    });
  const added = files.flatMap(({ certificates }) => certificates);
  return tls.createSecureContext({ ca: [...nodesOwn(env), ...added] });
}

/** What Node trusts by default. Setting `ca` replaces that, so it has to be repeated. */
function nodesOwn(env: Authorities["env"]): readonly string[] {
  const { getCACertificates } = tls as { getCACertificates?: (kind: "default") => string[] }; // Node 22.15 on
  if (getCACertificates) return getCACertificates("default");
  const extra = env["NODE_EXTRA_CA_CERTS"];
  return [...tls.rootCertificates, ...(extra ? readExtra(extra) : [])];
}

/** Node warns of a `NODE_EXTRA_CA_CERTS` that it cannot read, and goes on; so do we. */
function readExtra(path: string): readonly string[] {
  try {
    const certificates = readCertificates(path, "NODE_EXTRA_CA_CERTS");
    certificates.forEach((certificate) => new X509Certificate(certificate));
    return certificates;
  } catch {
    return [];
  }
}
