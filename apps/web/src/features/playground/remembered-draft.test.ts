import { expect, it } from "vitest";
import { forgetDraft, loadDraft, saveDraft } from "./remembered-draft.ts";
import type { RequestDraft } from "./request-draft.ts";

const draft: RequestDraft = { method: "POST", path: "/x", headers: [{ name: "x-a", value: "1" }], body: "{}" };

function tabStorage(entries: readonly [string, string][] = []) {
  const texts = new Map(entries);
  return {
    texts,
    getItem: (key: string) => texts.get(key) ?? null,
    setItem: (key: string, text: string) => void texts.set(key, text),
    removeItem: (key: string) => void texts.delete(key),
  };
}

it("remembers per application, until it is told to forget", () => {
  const storage = tabStorage();
  saveDraft(() => storage, "a", draft);
  expect([loadDraft(() => storage, "a"), loadDraft(() => storage, "b")]).toEqual([draft, undefined]);
  forgetDraft(() => storage, "a");
  expect(loadDraft(() => storage, "a")).toBeUndefined();
});

it("keeps the names of headers with secrets, but not their values", () => {
  const storage = tabStorage();
  const headers = [
    { name: "Authorization", value: "Bearer hunter2" },
    { name: "x-api-key", value: "hunter2" },
    { name: "x-a", value: "1" },
  ];
  saveDraft(() => storage, "a", { ...draft, headers });
  expect([...storage.texts.values()].join()).not.toContain("hunter2");
  expect(loadDraft(() => storage, "a")?.headers.map(({ value }) => value)).toEqual(["", "", "1"]);
});

it("starts afresh from what it cannot read, and after what is too long to keep", () => {
  const storage = tabStorage([["sluice.playground.a", '{"method":"TRACE"}']]);
  expect(loadDraft(() => storage, "a")).toBeUndefined();
  saveDraft(() => storage, "a", draft);
  saveDraft(() => storage, "a", { ...draft, body: "x".repeat(300_000) });
  expect(loadDraft(() => storage, "a")).toBeUndefined();
  expect(storage.texts.size).toBe(0);
});

it("lets a full storage pass: nothing is kept, and no older draft comes back", () => {
  const storage = tabStorage();
  saveDraft(() => storage, "a", draft);
  const full = { ...storage, setItem: refuse("QuotaExceededError") };
  saveDraft(() => full, "a", { ...draft, body: "[]" });
  expect(loadDraft(() => full, "a")).toBeUndefined();
});

it.each([
  ["cannot be named", refuse("SecurityError")],
  [
    "refuses every use",
    () => ({
      getItem: refuse("SecurityError"),
      setItem: refuse("SecurityError"),
      removeItem: refuse("SecurityError"),
    }),
  ],
])("goes on without a storage that %s", (_, open) => {
  saveDraft(open, "a", draft);
  expect(loadDraft(open, "a")).toBeUndefined();
  forgetDraft(open, "a");
});

function refuse(name: string) {
  return (): never => {
    throw new DOMException("The storage is not to be used.", name);
  };
}
