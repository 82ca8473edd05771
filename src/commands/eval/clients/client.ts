/** One question to a model. */
export interface Question {
  readonly prompt: string;
  readonly model: string;
  /** `default` for what the client takes by itself. */
  readonly effort: string;
  /** Where the Responses API is. */
  readonly baseUrl: string;
  /** Seconds to wait. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/** What came back. */
export interface Reply {
  /** The last thing the model said; `undefined` where it said nothing, or there was no time. */
  readonly text: string | undefined;
  readonly timedOut: boolean;
  /** Why there is no answer, where neither the model nor the clock is to blame. */
  readonly failure: string | undefined;
  /** Tools that the model used. */
  readonly tools: number;
  /** All that the client said, for who wants to keep it. */
  readonly transcript: string;
}

/** What asks the questions. */
export interface Client {
  /** For people: `Codex 0.169.0`. */
  readonly name: string;
  /** For results. */
  readonly version: string;
  /** Never throws. */
  ask(question: Question): Promise<Reply>;
  /** Takes away what it needed. */
  close(): Promise<void>;
}
