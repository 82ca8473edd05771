/**
 * A unified diff without context lines: what stands around the change may be a token, and diffs get pasted into bug
 * reports. For texts that differ in few lines, as `wire`'s do.
 *
 * @returns an empty text where nothing differs
 */
export function unifiedDiff(path: string, before: string, after: string): string {
  const [old, fresh] = [linesOf(before), linesOf(after)];
  const hunks: string[] = [];
  let [a, b] = [0, 0];
  while (a < old.length || b < fresh.length) {
    if (old[a] === fresh[b]) {
      a++;
      b++;
      continue;
    }
    const [nextA, nextB] = nextCommon(old, fresh, a, b);
    hunks.push(hunk(old.slice(a, nextA), fresh.slice(b, nextB), a, b));
    [a, b] = [nextA, nextB];
  }
  return hunks.length === 0 ? "" : [`--- ${path}\n`, `+++ ${path}\n`, ...hunks].join("");
}

/** The nearest place from which both texts go on alike. */
function nextCommon(old: string[], fresh: string[], a: number, b: number): [number, number] {
  for (let skipped = 1; a + skipped <= old.length || b + skipped <= fresh.length; skipped++) {
    for (let fromOld = 0; fromOld <= skipped; fromOld++) {
      const [x, y] = [a + fromOld, b + skipped - fromOld];
      if (x <= old.length && y <= fresh.length && old[x] === fresh[y]) return [x, y];
    }
  }
  return [old.length, fresh.length];
}

function hunk(removed: string[], added: string[], a: number, b: number): string {
  const lines = [...removed.map((line) => `-${line}`), ...added.map((line) => `+${line}`)];
  const text = lines.map((line) => (line.endsWith("\n") ? line : `${line}\n\\ No newline at end of file\n`));
  return `@@ -${range(a, removed.length)} +${range(b, added.length)} @@\n${text.join("")}`;
}

/** An empty range is given by the line before it. */
function range(start: number, count: number): string {
  if (count === 1) return String(start + 1);
  return `${count === 0 ? start : start + 1},${count}`;
}

function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
