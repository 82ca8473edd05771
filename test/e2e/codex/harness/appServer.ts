import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { asObject, parseJsonObject, type JsonObject } from "../../../../src/protocol/event.js";
import { codexCall } from "./codexExec.js";
import type { CodexHome } from "./codexHome.js";

/** `codex app-server`: the Codex behind the editors, which shows an answer word for word. */
export interface AppServer {
  /**
   * Asks something in a thread of its own.
   *
   * @param onShown hears of the answer as far as it is shown, at every word
   * @returns when the turn is over: what was shown last of each message
   * @throws Error where Codex refuses, or the turn fails
   */
  ask(prompt: string, onShown?: (text: string) => void): Promise<readonly string[]>;
  stop(): Promise<void>;
}

/** @param wrappedTo see {@link codexCall} */
export async function appServer(
  version: string,
  home: CodexHome,
  loginUrl: string,
  wrappedTo?: string,
): Promise<AppServer> {
  const { line, env } = codexCall({ version, home, loginUrl, wrappedTo });
  const [command, ...front] = line;
  const child = spawn(command, [...front, "app-server"], {
    cwd: home.work,
    stdio: ["pipe", "pipe", "ignore"],
    env,
  });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const answers = new Map<unknown, (answer: JsonObject) => void>();
  const listeners = new Set<(method: unknown, params: JsonObject) => void>();
  let requests = 0;

  createInterface(child.stdout).on("line", (line) => {
    const message = parseJsonObject(line) ?? {};
    if (message["method"] === undefined) answers.get(message["id"])?.(message);
    else for (const listener of listeners) listener(message["method"], asObject(message["params"]) ?? {});
  });

  const send = (message: JsonObject): void => void child.stdin.write(`${JSON.stringify(message)}\n`);
  const call = async (method: string, params: JsonObject): Promise<JsonObject> => {
    const id = ++requests;
    const answered = new Promise<JsonObject>((resolve) => answers.set(id, resolve));
    send({ id, method, params });
    const answer = await Promise.race([answered, exited]);
    const result = asObject(answer?.["result"]);
    if (!result) throw new Error(`${method}: ${JSON.stringify(answer?.["error"] ?? "Codex has ended")}`);
    return result;
  };

  await call("initialize", { clientInfo: { name: "test", title: null, version: "0" }, capabilities: null });
  send({ method: "initialized" });

  return {
    ask: async (prompt, onShown = () => {}) => {
      const threadParams = { cwd: home.work, approvalPolicy: "never", sandbox: "danger-full-access" };
      const thread = asObject((await call("thread/start", threadParams))["thread"]);
      const shown = new Map<unknown, string>();
      const over = new Promise<void>((resolve, reject) => {
        listeners.add((method, params) => {
          if (params["threadId"] !== thread?.["id"]) return;
          if (method === "item/agentMessage/delta") {
            const { itemId, delta } = params;
            shown.set(itemId, (shown.get(itemId) ?? "") + String(delta));
            onShown(shown.get(itemId) ?? "");
          } else if (method === "turn/completed") {
            const turn = asObject(params["turn"]);
            if (turn?.["status"] === "completed") resolve();
            else reject(new Error(`the turn ended as ${JSON.stringify(turn)}`));
          }
        });
      });
      const input = [{ type: "text", text: prompt, text_elements: [] }];
      await call("turn/start", { threadId: thread?.["id"], input });
      await Promise.race([over, exited]);
      return [...shown.values()];
    },
    stop: async () => {
      child.stdin.end();
      const patience = setTimeout(() => child.kill("SIGKILL"), 3000);
      await exited;
      clearTimeout(patience);
    },
  };
}
