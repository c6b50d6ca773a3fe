"""Three steps: preprocess -> (sentiment || summary) -> combine. No models: what is measured is the way between deployments."""

import asyncio

POSITIVE = frozenset(["good", "great", "fine", "love"])


class Preprocess:
    async def clean(self, text):
        return " ".join(text.lower().split())


class Sentiment:
    async def score(self, text):
        return sum(word in POSITIVE for word in text.split(" "))


class Summary:
    async def shorten(self, text):
        return text.split(". ")[0]


class Combine:
    def __init__(self, preprocess, sentiment, summary):
        self.preprocess = preprocess
        self.sentiment = sentiment
        self.summary = summary

    async def __call__(self, request):
        text = (await request.json())["text"]
        cleaned = await self.preprocess.clean.remote(text)
        score, summary = await asyncio.gather(
            self.sentiment.score.remote(cleaned), self.summary.shorten.remote(cleaned)
        )
        return {"original_length": len(text), "sentiment": score, "summary": summary}
