import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { OwnCertificate } from "./own-certificate.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

function certifier() {
  const asked: string[] = [];
  const state = { isThere: true };
  const ask = (publicKey: string) => {
    asked.push(publicKey);
    if (!state.isThere) return Promise.reject(new Error("nobody there"));
    return Promise.resolve({ certificate: `certificate ${String(asked.length)}`, ca: "ca", lifetimeMs: 10_000 });
  };
  return { asked, state, ask };
}

it("is asked for once, however many need it, and only when somebody does", async () => {
  const { asked, ask } = certifier();
  const own = new OwnCertificate({ ask });
  expect(asked).toEqual([]);
  const [first, second] = await Promise.all([own.get(), own.get()]);
  expect(first).toBe(second);
  expect(first.key).toContain("PRIVATE KEY");
  expect(asked).toHaveLength(1);
  expect(asked[0]).toContain("PUBLIC KEY");
  own.close();
});

it("is renewed with another key at half of its life, and tried again while nobody certifies", async () => {
  const { asked, state, ask } = certifier();
  const renewed: string[] = [];
  const troubles: string[] = [];
  const own = new OwnCertificate({
    ask,
    onRenewed: ({ cert }) => renewed.push(cert),
    onTrouble: ({ message }) => troubles.push(message),
  });
  await own.get();
  state.isThere = false;
  vi.advanceTimersByTime(5_000);
  await vi.waitFor(() => expect(troubles).toEqual(["nobody there"]));
  // The old one holds meanwhile.
  expect((await own.get()).cert).toBe("certificate 1");
  state.isThere = true;
  vi.advanceTimersByTime(1_000);
  await vi.waitFor(() => expect(renewed).toEqual(["certificate 1", "certificate 3"]));
  expect(new Set(asked).size).toBe(3);
  own.close();
});

it("that has run out is shown to nobody", async () => {
  const { state, ask } = certifier();
  const kept = { key: "k", cert: "old", ca: "ca", renewAtMs: Date.now() + 1_000, expiresAtMs: Date.now() + 2_000 };
  const own = new OwnCertificate({ ask, kept });
  expect((await own.get()).cert).toBe("old");
  own.close();
  state.isThere = false;
  vi.setSystemTime(Date.now() + 2_000);
  await expect(own.get()).rejects.toThrow("nobody there");
});
