/** Longest text that is looked at, in characters. */
const maxLength = 100_000;

/** Cleans a text and cuts it into sentences. */
export class Preprocess {
  sentences(text: string): string[] {
    if (typeof text !== "string" || text.trim() === "")
      throw new TypeError("`text` must be a string with words in it.");
    const clean = text.slice(0, maxLength).normalize("NFC").replaceAll(/\s+/g, " ").trim();
    const segments = new Intl.Segmenter("en", { granularity: "sentence" }).segment(clean);
    return [...segments].map(({ segment }) => segment.trim()).filter((sentence) => /\p{L}/u.test(sentence));
  }
}
