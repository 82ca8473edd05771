/**
 * A zstd frame without compression (RFC 8878, 3.1.1): Node 20 has no encoder. Runs of one byte become RLE blocks, so
 * that bombs can be made.
 */
export function zstdFrame(
  data: Uint8Array,
  { windowLog = 17, blockBytes = 128 * 1024 }: { windowLog?: number; blockBytes?: number } = {},
): Buffer {
  const parts = [Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, (windowLog - 10) << 3])];
  for (let at = 0; at === 0 || at < data.length; at += blockBytes) {
    const block = data.subarray(at, at + blockBytes);
    const last = at + blockBytes >= data.length ? 1 : 0;
    const isRun = block.length > 1 && block.every((byte) => byte === block[0]);
    const header = Buffer.alloc(3);
    header.writeUIntLE((block.length << 3) | ((isRun ? 1 : 0) << 1) | last, 0, 3);
    parts.push(header, Buffer.from(isRun ? block.subarray(0, 1) : block));
  }
  return Buffer.concat(parts);
}
