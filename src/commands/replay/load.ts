import { loadRecordings } from "../../recordings/load/loadRecordings.js";
import { UnreadableRecording, type Recording } from "../../recordings/recording.js";
import { UsageError } from "../command.js";

/** The recordings that a command line names. @throws UsageError for what is none */
export async function recordingsAt(paths: readonly string[]): Promise<Recording[]> {
  try {
    return await loadRecordings(paths);
  } catch (error) {
    throw error instanceof UnreadableRecording ? new UsageError(error.message) : error;
  }
}
