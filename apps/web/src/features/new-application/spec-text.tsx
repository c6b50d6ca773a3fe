import { tokenizeYaml } from "./spec-yaml.ts";

/** YAML with its keys in the accent. */
export function SpecText({ text }: { text: string }) {
  return (
    <pre
      tabIndex={0}
      aria-label="Spec as YAML"
      className="px-3.5 pb-3.5 text-xs leading-[1.6] wrap-anywhere whitespace-pre-wrap text-dim"
    >
      {tokenizeYaml(text).map((token, index) =>
        token.isKey ? (
          <span key={index} className="text-accent">
            {token.text}
          </span>
        ) : (
          token.text
        ),
      )}
    </pre>
  );
}
