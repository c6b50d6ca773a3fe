/** Words that say nothing about what a text is about. */
const stopWords = new Set(
  (
    "a an and are as at be been but by for from had has have he her his i in is it its me my not of on or our she so that the " +
    "their them they this to was we were will with you your"
  ).split(" "),
);

/**
 * Extractive: picks whole sentences, it writes none. Score of a sentence = mean over its words of how often the word occurs in the
 * text (Luhn 1958), and a little more for the first sentence, which often says what follows.
 */
export class Summary {
  shorten(sentences: readonly string[], count: number): string {
    const frequency = new Map<string, number>();
    const words = sentences.map((sentence) => wordsOf(sentence));
    for (const word of words.flat()) frequency.set(word, (frequency.get(word) ?? 0) + 1);
    const scored = sentences.map((sentence, index) => {
      const own = words[index] ?? [];
      const sum = own.reduce((total, word) => total + (frequency.get(word) ?? 0), 0);
      return { sentence, index, score: sum / Math.max(1, own.length) + (index === 0 ? 0.5 : 0) };
    });
    const best = scored.sort((a, b) => b.score - a.score || a.index - b.index).slice(0, count);
    return best
      .sort((a, b) => a.index - b.index)
      .map(({ sentence }) => sentence)
      .join(" ");
  }
}

function wordsOf(sentence: string): string[] {
  const words = sentence.toLowerCase().match(/\p{L}[\p{L}'-]*/gu) ?? [];
  return words.filter((word) => !stopWords.has(word));
}
