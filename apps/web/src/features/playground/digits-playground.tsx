"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { z } from "zod";
import { Button } from "@/components/ui/button.tsx";
import { Card } from "@/components/ui/card.tsx";
import { AnswerHead } from "./answer-head.tsx";
import { AnswerTimes } from "./answer-times.tsx";
import type { Call } from "./call-snippets.ts";
import { DigitPad } from "./digit-pad.tsx";
import { readDigitsAnswer } from "./digits-answer.ts";
import { blankPixels, isBlank } from "./pad-model.ts";
import type { Pixels } from "./pad-model.ts";
import { ProbabilityBars } from "./probability-bars.tsx";
import { SnippetCard } from "./snippet-card.tsx";
import { bodyText, useCall } from "./use-call.ts";

const TestImages = z.object({ labels: z.array(z.int()), pixels: z.array(z.array(z.number()).length(64)) });
const jsonHeaders = { "content-type": "application/json" };

export interface DigitsPlaygroundProps {
  application: string;
  input: string;
  url: string;
}

/** Draw a digit or take a held-out one; the model answers when the stroke ends. */
export function DigitsPlayground({ application, input, url }: DigitsPlaygroundProps) {
  const images = useQuery({ queryKey: ["digits-test-images"], queryFn: loadTestImages, staleTime: Infinity });
  const [pixels, setPixels] = useState<Pixels>(blankPixels);
  const [truth, setTruth] = useState<number | null>(null);
  const call = useCall(application);
  const answer = call.answer;
  const digits = readDigitsAnswer(answer);
  const bodyOf = (values: Pixels): string => JSON.stringify({ [input]: values });
  const request: Call = { url, method: "POST", headers: jsonHeaders, body: bodyOf(pixels) };

  const ask = (values: Pixels): void => {
    if (!isBlank(values))
      call.send({ method: "POST", path: "", headers: jsonHeaders, body: { encoding: "text", data: bodyOf(values) } });
  };
  const takeImage = (): void => {
    const all = images.data;
    if (all === undefined) return;
    const index = Math.floor(Math.random() * all.pixels.length);
    const values = all.pixels[index] ?? blankPixels;
    setPixels(values);
    setTruth(all.labels[index] ?? null);
    ask(values);
  };

  return (
    <>
      <Card
        title="Playground"
        note="8x8 pixels, 0 to 16"
        actions={<TakeImage ready={images.data !== undefined} failed={images.isError} onTake={takeImage} />}
      >
        <div className="grid grid-cols-1 gap-6 pt-1 sm:grid-cols-[256px_minmax(0,1fr)]">
          <div className="grid content-start gap-2">
            <DigitPad
              pixels={pixels}
              onChange={(next) => {
                setPixels(next);
                setTruth(null);
              }}
              onStroke={ask}
            />
            <div className="flex items-center justify-between text-xs text-faint">
              <span>
                {truth === null ? (
                  <>
                    Draw a digit<span className="touch:hidden">; Shift erases</span>
                  </>
                ) : (
                  `True label ${truth}`
                )}
              </span>
              <Button
                size="small"
                look="quiet"
                onClick={() => {
                  setPixels(blankPixels);
                  setTruth(null);
                }}
              >
                Clear
              </Button>
            </div>
          </div>
          <div className="grid min-w-0 grid-cols-1 content-start gap-3">
            <Verdict label={digits?.label ?? null} truth={truth} sending={call.sending} />
            <ProbabilityBars
              probabilities={digits?.probabilities ?? blankProbabilities}
              chosen={digits?.label ?? -1}
              truth={digits === undefined ? null : truth}
            />
            {answer !== undefined && <AnswerHead answer={answer} />}
            {answer !== undefined && <AnswerTimes answer={answer} />}
            {answer !== undefined && digits === undefined && (
              <p className="text-xs break-words text-dim">{bodyText(answer).slice(0, 600)}</p>
            )}
            {call.problem !== null && (
              <p role="alert" className="text-bad">
                {call.problem}
              </p>
            )}
          </div>
        </div>
      </Card>
      <SnippetCard call={request} />
    </>
  );
}

const blankProbabilities = Array.from({ length: 10 }, () => null);

async function loadTestImages(): Promise<z.infer<typeof TestImages>> {
  const response = await fetch("/examples/digits/files/digits-test.json");
  if (!response.ok) throw new Error(`The test images could not be read: ${response.status}.`);
  return TestImages.parse(await response.json());
}

function TakeImage({ ready, failed, onTake }: { ready: boolean; failed: boolean; onTake: () => void }) {
  const reason = failed ? "The test images could not be read" : ready ? undefined : "The test images are being read";
  return (
    <Button look="primary" size="small" onClick={onTake} reason={reason}>
      Random test image
    </Button>
  );
}

function Verdict({ label, truth, sending }: { label: number | null; truth: number | null; sending: boolean }) {
  if (label === null)
    return <p className="min-h-[26px] text-dim">{sending ? "Asking the model" : "The answer appears here."}</p>;
  return (
    <p className="flex min-h-[26px] items-baseline gap-2">
      <span className="text-key font-semibold tracking-[-0.015em]" data-testid="digit-answer">
        {label}
      </span>
      <span className="text-dim">
        {truth === null ? "is the model's answer" : label === truth ? "right" : `wrong, it is ${truth}`}
      </span>
    </p>
  );
}
