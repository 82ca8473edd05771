import type { Launch } from "./launch.js";
import type { Variables } from "./places.js";

export interface ServiceFile {
  readonly path: string;
  readonly text: string;
}

/** What became of an installation. */
export type Installation =
  | {
      readonly done: true;
      readonly path: string;
      readonly updated: boolean;
      readonly hints: readonly string[];
    }
  /** The platform's service manager cannot be used: why, and what to do by hand with the file. */
  | { readonly done: false; readonly path: string; readonly reason: string; readonly byHand: string };

/** What is known of an installed service. */
export interface ServiceState {
  readonly installed: boolean;
  /** Where its file is, or would be. */
  readonly path: string;
  /** The file's text, if it is there. */
  readonly text?: string;
  readonly running?: boolean;
  /** Starts at login. */
  readonly enabled?: boolean;
  /** In the manager's words: `active (running)`, `failed`, ... */
  readonly says?: string;
}

/** A platform's way of starting a program at login. */
export interface ServiceManager {
  /** The name of the kind of thing that is installed. */
  readonly kind: string;
  /** The file that says how the program is started. */
  path(env: Variables): string;
  /** What {@link install} would write: that file first. */
  files(launch: Launch, env: Variables): readonly ServiceFile[];
  /** Writes the file and starts the service, or updates and restarts it. */
  install(launch: Launch, env: Variables): Promise<Installation>;
  /** Stops the service and removes all that {@link install} made. @returns what was removed */
  uninstall(env: Variables): Promise<readonly string[]>;
  state(env: Variables): Promise<ServiceState>;
  /** The command that starts the service again. */
  readonly restart: string;
  /** How the user gives it what must not stand in its file or its command line, to end a sentence. */
  readonly secrets: string;
}
