import { deployment } from "@sluice/sdk";
import { Hono } from "hono";

const router = new Hono().basePath("/app");
router.get("/text/:name", (c) => c.text(`hello ${c.req.param("name")}`));
router.post("/json", async (c) => c.json({ got: await c.req.json<unknown>(), agent: c.req.header("x-agent") }, 201));
router.get("/stream", () => new Response(ReadableStream.from(["a", "b"]).pipeThrough(new TextEncoderStream())));
router.get("/fail", () => {
  throw new Error("kaboom");
});
router.get("/proxy", (c) => fetch(c.req.query("url") ?? ""));
router.get("/proxy-copy", async (c) => {
  const upstream = await fetch(c.req.query("url") ?? "");
  return new Response(upstream.body, upstream);
});

/** The router as it is. */
export const app = deployment(router).bind();

class Named {
  fetch = router.fetch;
}

/** The router as the field of a class, as one with constructor arguments would have it. */
export const named = deployment(Named).bind();
