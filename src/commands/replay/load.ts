import { findRecordings } from "../../recordings/load/loadRecordings.js";
import { UnreadableRecording, type Recording } from "../../recordings/recording.js";
import { asUsageError } from "../command.js";

/** The recordings that a command line names, each loaded when it is its turn. @throws UsageError for what is none */
export async function* recordingsAt(paths: readonly string[]): AsyncGenerator<Recording> {
  try {
    for (const load of await findRecordings(paths)) yield* await load();
  } catch (error) {
    throw asUsageError(error, UnreadableRecording);
  }
}
