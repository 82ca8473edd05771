import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A private certificate authority, and one server certificate of it. */
export interface PrivateAuthority {
  readonly folder: string;
  /** The authority's certificate: what a client has to trust. */
  readonly caFile: string;
  /** For `localhost`, `upstream.test` and the loopback addresses. */
  readonly server: { readonly cert: Buffer; readonly key: Buffer };
  remove(): void;
}

/** Makes an authority in a temporary folder. */
export function privateAuthority(): PrivateAuthority {
  const folder = mkdtempSync(join(tmpdir(), "codexcomp-network-"));
  const path = (name: string): string => join(folder, name);
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl(
    "req",
    "-x509",
    ...newKey,
    "-keyout",
    path("ca.key"),
    "-out",
    path("ca.pem"),
    "-days",
    "2",
    "-subj",
    "/CN=Test CA",
  );
  openssl("req", ...newKey, "-keyout", path("server.key"), "-out", path("server.csr"), "-subj", "/CN=server");
  writeFileSync(path("names"), "subjectAltName=DNS:localhost,DNS:upstream.test,IP:127.0.0.1,IP:::1\n");
  const by = ["-CA", path("ca.pem"), "-CAkey", path("ca.key"), "-CAcreateserial"];
  openssl(
    "x509",
    "-req",
    "-in",
    path("server.csr"),
    ...by,
    "-out",
    path("server.pem"),
    "-days",
    "2",
    "-extfile",
    path("names"),
  );
  return {
    folder,
    caFile: path("ca.pem"),
    server: { cert: readFileSync(path("server.pem")), key: readFileSync(path("server.key")) },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

function openssl(...args: string[]): void {
  const { status, stderr, error } = spawnSync("openssl", args, { encoding: "utf8" });
  if (status !== 0) throw error ?? new Error(`openssl ${args[0]}: ${stderr}`);
}
