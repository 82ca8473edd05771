// Stands in for the proxy in tests of services: answers /healthz on the port of `--port=N`, and says how it was started.
import { createServer } from "node:http";
import process from "node:process";

const port = Number(process.argv.find((arg) => arg.startsWith("--port="))?.slice("--port=".length));
const started = { args: process.argv.slice(2), env: process.env, cwd: process.cwd() };

createServer((request, response) => {
  if (request.url === "/crash") process.exit(1);
  if (request.url === "/healthz") response.end('{"ok":true,"version":"1.2.3","upstream":"auto"}');
  else response.end(JSON.stringify({ ...started, pid: process.pid }));
}).listen(port, "127.0.0.1");
