import { FILE_HEADERS_ONLY, formatPatch, structuredPatch } from "diff";

/**
 * A unified diff without context lines: what stands around the change may be a token, and diffs get pasted into bug
 * reports.
 *
 * @returns an empty text where nothing differs
 */
export function unifiedDiff(path: string, before: string, after: string): string {
  const patch = structuredPatch(path, path, before, after, undefined, undefined, { context: 0 });
  if (patch.hunks.length === 0) return "";
  // As `diff -U0` has it: no count where it is one.
  return formatPatch(patch, FILE_HEADERS_ONLY).replace(/^@@.*@@$/gm, (range) => range.replace(/,1\b/g, ""));
}
