import { isKnownSize } from "../../src/protocol/liveOutput.js";
import type { SizedResponse } from "./sized.js";

const COLUMNS = ["model", "effort", "items", "bytes", "tokens", "hosted"];

/**
 * Reads a table of sizes, as `test/fixtures/reasoning-sizes` has one: `model,effort,items,bytes,tokens,hosted`.
 *
 * @throws Error that names the line
 */
export function readCsv(text: string): SizedResponse[] {
  const [head = "", ...lines] = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  if (head.trim() !== COLUMNS.join(",")) {
    throw new Error(`line 1: the columns are not ${COLUMNS.join(",")}`);
  }
  const responses = lines.flatMap((line, index) => (line.trim() === "" ? [] : [readLine(line, index + 2)]));
  if (responses.length === 0) throw new Error("no rows");
  return responses;
}

function readLine(line: string, number: number): SizedResponse {
  const fields = line.split(",").map((field) => field.trim());
  if (fields.length !== COLUMNS.length) {
    throw new Error(`line ${number}: ${fields.length} fields where ${COLUMNS.length} are due`);
  }
  const counts = fields.slice(2).map((field, index) => {
    if (!/^\d+$/.test(field)) {
      throw new Error(`line ${number}: ${COLUMNS[index + 2]} is no whole number: ${JSON.stringify(field)}`);
    }
    return Number(field);
  });
  const [items = 0, bytes = 0, tokens = 0, hosted = 0] = counts;
  const thinking = { items, open: 0, bytes, knownShape: isKnownSize(bytes, items), hostedTool: hosted > 0 };
  return { model: fields[0] || "unknown", thinking, tokens };
}
