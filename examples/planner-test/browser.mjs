// What the tests here have in common: the browser, the server, and a door to it that can be shut.
import { readFileSync } from "node:fs";
import { createServer as createHttpServer, request as sendHttp } from "node:http";
import { connect, createServer } from "node:net";

/** A server with the example configuration. */
export const SERVER = process.env.LANDFALL_URL;

/** Milliseconds until something counts as not happening; machines that test are busy. */
export const PATIENCE = 60_000;

export const CHROMIUM = {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
  ],
};

const CLIENT = new URL("../../client-js/dist/", import.meta.url);
const BARE = "/client-test/";

export async function signIn(name) {
  const answer = await fetch(SERVER + "/auth/dev", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ name }),
  });
  if (!answer.ok) throw new Error(await answer.text());
  const { token, user } = await answer.json();
  return { token, userId: user.userId };
}

/** A page of `origin` without anything but the client, as `landfall`. Its files do not come from the server: it opens without one. */
export async function barePage(context, origin) {
  context.setDefaultTimeout(PATIENCE);
  await context.route(`${origin}${BARE}**`, (route) =>
    route.request().url().endsWith(".js")
      ? route.fulfill({ contentType: "text/javascript", body: readFileSync(new URL(route.request().url().split("/").at(-1).replace("client.js", "index.js"), CLIENT), "utf8") })
      : route.fulfill({ contentType: "text/html", body: "<!doctype html><html lang=en><title>Client</title>" }),
  );
  const page = await context.newPage();
  await page.goto(origin + BARE);
  await page.evaluate(async (file) => {
    window.landfall = await import(file);
  }, BARE + "client.js");
  return page;
}

/** The server at another address, where nobody answers while the door is shut. */
export async function openDoor() {
  const { hostname, port } = new URL(SERVER);
  const sockets = new Set();
  const door = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const [one, other] of [[near, far], [far, near]]) {
      sockets.add(one);
      one.on("error", () => {});
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  const listen = (at) => new Promise((resolve, reject) => door.once("error", reject).listen(at, "127.0.0.1", resolve));
  await listen(0);
  const at = door.address().port;
  return {
    address: `http://127.0.0.1:${at}`,
    open: () => listen(at),
    async shut() {
      const closed = new Promise((resolve) => door.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/**
 * A proxy in front of the server, with its own idea of what to answer.
 *
 * @param intercept gets each request; what it gives is answered as a page in place of the server's answer
 */
export async function openProxy(intercept) {
  const seen = [];
  const proxy = createHttpServer((request, answer) => {
    seen.push({ url: request.url, referer: request.headers.referer });
    const page = intercept(request);
    if (page !== undefined) {
      request.resume();
      answer.writeHead(200, { "Content-Type": "text/html" }).end(page);
      return;
    }
    const { hostname, port } = new URL(SERVER);
    const options = { hostname, port, method: request.method, path: request.url, headers: request.headers };
    const onward = sendHttp(options, (from) => {
      answer.writeHead(from.statusCode, from.headers);
      from.pipe(answer);
    });
    onward.on("error", () => answer.destroy());
    answer.on("close", () => onward.destroy());
    request.pipe(onward);
  });
  await new Promise((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  return {
    address: `http://127.0.0.1:${proxy.address().port}`,
    seen,
    close() {
      proxy.closeAllConnections();
      proxy.close();
    },
  };
}
