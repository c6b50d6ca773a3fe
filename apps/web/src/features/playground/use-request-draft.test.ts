import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { afterEach, expect, it, vi } from "vitest";
import type { RequestDraft } from "./request-draft.ts";
import { useRequestDraft } from "./use-request-draft.ts";

const start: RequestDraft = { method: "POST", path: "", headers: [], body: "start" };

afterEach(() => {
  vi.unstubAllGlobals();
});

/** The body that is seen after one act on the first draft. */
function bodyAfter(act: (hook: ReturnType<typeof useRequestDraft>) => void): string {
  const acts = [act];
  function Probe() {
    const hook = useRequestDraft("a", start);
    acts.pop()?.(hook);
    return hook.draft.body;
  }
  return renderToStaticMarkup(createElement(Probe));
}

it("shows what is typed in a tab whose storage is full", () => {
  vi.stubGlobal("sessionStorage", {
    getItem: () => JSON.stringify({ ...start, body: "kept" }),
    setItem: refuse("QuotaExceededError"),
    removeItem: () => undefined,
  });
  expect(bodyAfter(() => undefined)).toBe("kept");
  expect(bodyAfter(({ change }) => change({ body: "typed" }))).toBe("typed");
});

it("starts over although the tab's storage refuses to forget", () => {
  vi.stubGlobal("sessionStorage", {
    getItem: () => JSON.stringify({ ...start, body: "kept" }),
    setItem: refuse("SecurityError"),
    removeItem: refuse("SecurityError"),
  });
  expect(bodyAfter(({ startOver }) => startOver())).toBe("start");
});

it("begins with the first request where the browser gives the page no storage", () => {
  vi.stubGlobal("sessionStorage", { getItem: refuse("SecurityError") });
  expect(bodyAfter(() => undefined)).toBe("start");
});

function refuse(name: string) {
  return (): never => {
    throw new DOMException("The storage is not to be used.", name);
  };
}
