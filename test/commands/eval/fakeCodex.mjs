// Stands in for `codex exec --json -`: asks the base URL that it is given once, and prints what Codex would. Called by
// fakeCodex.sh. FAKE_CODEX=tools runs a command first.
import { once } from "node:events";
import { request } from "node:http";
import { text } from "node:stream/consumers";

const { argv, env } = process;
const print = (event) => console.log(JSON.stringify(event));
const prompt = await text(process.stdin);
print({ type: "thread.started", thread_id: "t" });
if (env.FAKE_CODEX === "tools")
  print({ type: "item.completed", item: { type: "command_execution", command: "python" } });

const settings = argv
  .filter((_, i) => argv[i - 1] === "-c")
  .map((setting) => setting.split(/=(.*)/s).slice(0, 2));
const { openai_base_url: baseUrl, model_reasoning_effort: effort } = Object.fromEntries(settings);
const body = {
  model: argv[argv.indexOf("--model") + 1],
  input: [{ type: "message", role: "user", content: [{ type: "input_text", text: prompt }] }],
  reasoning: { effort },
  include: ["reasoning.encrypted_content"],
  store: false,
  stream: true,
};
// Not by fetch, which takes longer to load than all the rest.
const [response] = await once(
  request(`${baseUrl}/responses`, { method: "POST" }).end(JSON.stringify(body)),
  "response",
);
const events = (await text(response)).split("\n").filter((line) => line.startsWith("data: "));
const items = events
  .map((line) => JSON.parse(line.slice(6)))
  .filter(({ type }) => type === "response.output_item.done");
const message = items.map(({ item }) => item).findLast(({ type }) => type === "message");
print({ type: "item.completed", item: { type: "agent_message", text: message.content[0].text } });
print({ type: "turn.completed", usage: {} });
