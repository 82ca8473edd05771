import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { packageFile } from "../../../packageFile.js";

/** The page as it is served: one file, and a policy that lets it do no more than it has to. */
export interface PageFile {
  readonly html: string;
  readonly policy: string;
}

/**
 * Reads the page.
 *
 * @throws Error where it was not built
 */
export async function readPageFile(file = packageFile("dist/page/page.html")): Promise<PageFile> {
  const html = await readFile(file, "utf8");
  const hashes = (tag: string): string => {
    const found = [...html.matchAll(new RegExp(`<${tag}[^>]*>([^]*?)</${tag}>`, "g"))];
    return found
      .map(([, text = ""]) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`)
      .join(" ");
  };
  const policy = [
    "default-src 'none'",
    `script-src ${hashes("script")}`,
    `style-src ${hashes("style")}`,
    "connect-src 'self'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
  return { html, policy };
}
