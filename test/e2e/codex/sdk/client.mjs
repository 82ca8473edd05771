// A program with the OpenAI SDK, as a user might write it. Prints what it got, as one line of JSON.
// Run by the Node that the newest SDK needs; the folder it is installed in comes first in the arguments.
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, baseURL, how] = process.argv.slice(2);
const { resolve } = createRequire(join(folder, "program.js"));
const load = (name) => import(pathToFileURL(resolve(name)).href);

const { default: OpenAI } = await load("openai");
const client = new OpenAI({ baseURL, apiKey: "key-of-the-test", maxRetries: 0 });

const question = (input, previous_response_id) => ({
  model: "gpt-5.5",
  input,
  include: ["reasoning.encrypted_content"],
  ...(previous_response_id && { previous_response_id }),
});

const ways = {
  /** The streaming helper, which accumulates the response from its events. */
  async stream() {
    const first = await streamed(question("How many?"));
    const second = await streamed(question("And then?", first.response.id));
    const retrieved = await client.responses.retrieve(first.response.id);
    return { turns: [first, second], retrieved };
  },

  /** As most scripts ask: no stream, and the response is what the call returns. */
  async create() {
    const first = await client.responses.create(question("How many?"));
    const second = await client.responses.create(question("And then?", first.id));
    const retrieved = await client.responses.retrieve(first.id);
    return { turns: [first, second].map((response) => ({ events: [], response })), retrieved };
  },

  /** The WebSocket client: two turns on one connection. */
  async websocket() {
    const { ResponsesWS } = await load("openai/resources/responses/ws");
    const socket = new ResponsesWS(client);
    const messages = socket.stream();
    const first = await asked(socket, messages, question("How many?"));
    const second = await asked(socket, messages, question("And then?", first.response.id));
    socket.close();
    return { turns: [first, second] };
  },
};

async function streamed(body) {
  const events = [];
  const stream = client.responses.stream(body);
  stream.on("event", (event) => events.push(event));
  const response = await stream.finalResponse();
  return { events, response };
}

async function asked(socket, messages, body) {
  socket.send({ type: "response.create", ...body });
  const events = [];
  for (;;) {
    const { value, done } = await messages.next();
    if (done || value.type === "error" || value.type === "close")
      throw new Error(`ended: ${value?.error?.message ?? value?.type}`);
    if (value.type !== "message") continue;
    events.push(value.message);
    if (value.message.type === "response.completed") return { events, response: value.message.response };
  }
}

console.log(JSON.stringify(await ways[how]()));
