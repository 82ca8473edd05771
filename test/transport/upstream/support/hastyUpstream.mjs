// An upstream that answers before it has read the request, and is gone at once: in a thread of its own, for what
// becomes of such an answer is a race between two event loops.
import { createServer as createPlain } from "node:net";
import { createServer as createSecure } from "node:tls";
import { parentPort, workerData } from "node:worker_threads";

const { answer, leave, readFirst, tls } = workerData;

const onConnection = (socket) => {
  let received = 0;
  socket.on("error", () => {});
  socket.on("data", function read(chunk) {
    received += chunk.length;
    if (received < readFirst) return;
    socket.off("data", read).pause();
    socket.write(answer, () => {
      if (leave === "reset") socket.resetAndDestroy();
      else if (leave === "close") socket.destroy();
    });
  });
};

const server = tls ? createSecure(tls, onConnection) : createPlain(onConnection);
server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));
