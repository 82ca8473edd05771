/**
 * Filler of the same size: as many characters, and as many bytes in UTF-8.
 *
 * Each character has its own filler whatever stands around it, so that the filler of deltas, one after the other, is the
 * filler of the whole text.
 */
export function filler(text: string): string {
  if (!/[^\0-\x7f]/.test(text)) return "x".repeat(text.length);
  return text.replace(/[\ud800-\udbff][\udc00-\udfff]|[\0-\x7f]|[\x80-\u07ff]|[\s\S]/g, (character) => {
    if (character.length === 2) return "🧦";
    const code = character.charCodeAt(0);
    if (code < 0x80) return "x";
    return code < 0x800 ? "é" : "…";
  });
}
