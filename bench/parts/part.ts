import type { Row } from "../measure/table.js";

/** How much is measured. */
export interface Effort {
  /** A quick look: fewer repetitions and less load, so more noise. */
  readonly quick: boolean;
}

/** Something that is measured by itself; it starts and stops the processes it needs. */
export interface Part {
  /** For the command line. */
  readonly name: string;
  /** What is measured, and what the floor is. */
  readonly title: string;
  run(effort: Effort): Promise<Row[]>;
}
