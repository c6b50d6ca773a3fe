import { expect, it } from "vitest";
import { controllerPaths } from "@sluice/contracts";
import { DoorNews } from "./door-news.ts";
import type { Link, LinkHandler } from "./link-server.ts";
import { serveLinks } from "./serve-links.ts";

/** What a controller that stands by does with a gateway's messages, of which each took so many bytes. */
function standBy(): { readonly say: (bytes: number) => void; readonly closed: readonly string[] } {
  const closed: string[] = [];
  const about = { remote: "test", door: "internal", caller: { kind: "cluster" } } as const;
  let say: (bytes: number) => void = () => undefined;
  const route = <In, Out>(path: string, _takesNodes: boolean, { schema, onMessage }: LinkHandler<In, Out>): void => {
    const link: Link<Out> = { ...about, send: () => undefined, close: (reason) => void closed.push(reason) };
    const message = { type: "applied", slices: [] };
    if (path === controllerPaths.gateway) say = (bytes) => onMessage(link, schema.parse(message), bytes);
  };
  const explainStandby = (): Promise<never> => new Promise(() => undefined);
  serveLinks({ route }, { leadership: () => null, explainStandby, doorNews: new DoorNews(() => []) });
  return { say: (bytes) => say(bytes), closed };
}

it("keeps what a peer says before its welcome, up to a number of messages and of bytes", () => {
  const mib = 1024 ** 2;
  const large = standBy();
  for (let at = 0; at < 4; at += 1) large.say(8 * mib);
  expect(large.closed).toEqual([]);
  large.say(1);
  expect(large.closed).toEqual(["too many messages before a welcome"]);
  const small = standBy();
  for (let at = 0; at < 1_000; at += 1) small.say(10);
  expect(small.closed).toEqual([]);
  small.say(10);
  expect(small.closed).toHaveLength(1);
});
