import type { ScanResult } from "../../../page/messages.js";
import { judge } from "../../scan/report.js";
import { scanLogs } from "../../scan/scanLogs.js";
import { sum } from "../../scan/tally.js";

const DAYS = 30;

/** What Codex' own logs say of the last 30 days: what `codexcomp scan` reads. */
export async function codexLogs(
  codexHome: string,
  now: number,
  onProgress: (done: number, total: number) => void,
): Promise<ScanResult> {
  const since = now - DAYS * 86_400_000;
  const { signal } = new AbortController();
  const { tally, files } = await scanLogs({ codexHome, since, onProgress, signal });
  const { responses, withReasoning, fingerprinted, expectedByChance, affected } = judge(sum(tally.cells));
  return {
    ...{ files, responses, withReasoning, fingerprinted, expectedByChance, affected },
    tokens: [...tally.histogram.entries()].filter(([, count]) => count > 0),
  };
}
