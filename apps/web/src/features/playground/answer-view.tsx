import type { PlaygroundAnswer } from "@sluice/contracts";
import { AnswerHead } from "./answer-head.tsx";
import { AnswerTimes } from "./answer-times.tsx";
import { bodyJson, bodyText } from "./use-call.ts";

/** Status, times and body of an answer; a body that is not there is said to be so. */
export function AnswerView({ answer }: { answer: PlaygroundAnswer }) {
  const json = bodyJson(answer);
  const text = json === undefined ? bodyText(answer) : JSON.stringify(json, null, 2);
  return (
    <div className="mt-3 grid grid-cols-1 gap-2.5 border-t border-line pt-3">
      <AnswerHead answer={answer} />
      <AnswerTimes answer={answer} />
      {text === "" ? (
        <p className="text-dim">The answer has no body.</p>
      ) : (
        <pre
          tabIndex={0}
          aria-label="Answer"
          className="max-h-96 overflow-auto rounded-control border border-line bg-bg px-3 py-2 text-xs leading-[1.6] break-words whitespace-pre-wrap"
        >
          {text}
        </pre>
      )}
    </div>
  );
}
