/** The same call as curl, TypeScript and Python. Pure. */

export interface Call {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Text of the body, or null for none. */
  readonly body: string | null;
}

export const languages = [
  { value: "curl", label: "curl" },
  { value: "typescript", label: "TypeScript" },
  { value: "python", label: "Python" },
] as const;
export type Language = (typeof languages)[number]["value"];

export function printCall(call: Call, language: Language): string {
  switch (language) {
    case "curl":
      return printCurl(call);
    case "typescript":
      return printTypeScript(call);
    case "python":
      return printPython(call);
  }
}

/** Inside single quotes a shell takes everything but a single quote literally. */
function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function printCurl({ url, method, headers, body }: Call): string {
  const implied = body === null ? "GET" : "POST";
  const parts = [
    `curl ${method === implied ? "" : `-X ${method} `}${shellQuote(url)}`,
    // With a colon and nothing behind it curl leaves the header out.
    ...Object.entries(headers).map(
      ([name, value]) => `-H ${shellQuote(value === "" ? `${name};` : `${name}: ${value}`)}`,
    ),
    // `-d` takes a body that begins with @ for the name of a file to send.
    ...(body === null ? [] : [`--data-raw ${shellQuote(body)}`]),
  ];
  return parts.join(" \\\n  ");
}

function printTypeScript({ url, method, headers, body }: Call): string {
  const json = body === null ? undefined : parseJson(body);
  const options = [
    ...(method === "GET" ? [] : [`  method: ${JSON.stringify(method)},`]),
    ...(Object.keys(headers).length === 0 ? [] : [`  headers: ${JSON.stringify(headers)},`]),
    ...(body === null
      ? []
      : [`  body: ${json === undefined ? JSON.stringify(body) : `JSON.stringify(${body.trim()})`},`]),
  ];
  const call =
    options.length === 0
      ? `fetch(${JSON.stringify(url)})`
      : `fetch(${JSON.stringify(url)}, {\n${options.join("\n")}\n})`;
  return `const response = await ${call};\nconsole.log(response.status, await response.json());`;
}

function printPython({ url, method, headers, body }: Call): string {
  // `json=` says application/json, whatever the headers say.
  const json = body === null || headers["content-type"] !== "application/json" ? undefined : parseJson(body);
  const isJson = json !== undefined;
  const others = Object.entries(headers).filter(([name]) => !(isJson && name.toLowerCase() === "content-type"));
  const options = [
    ...(others.length === 0 ? [] : [`    headers=${pythonLiteral(Object.fromEntries(others))},`]),
    ...(body === null
      ? []
      : [isJson ? `    json=${pythonLiteral(json.value)},` : `    data=${JSON.stringify(body)}.encode(),`]),
  ];
  const args = options.length === 0 ? JSON.stringify(url) : `\n    ${JSON.stringify(url)},\n${options.join("\n")}\n`;
  return `import requests\n\nresponse = requests.${method.toLowerCase()}(${args})\nprint(response.status_code, response.json())`;
}

/** JSON and Python differ in three words. */
function pythonLiteral(value: unknown): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(pythonLiteral).join(", ")}]`;
  if (typeof value === "object")
    return `{${Object.entries(value)
      .map(([key, item]) => `${JSON.stringify(key)}: ${pythonLiteral(item)}`)
      .join(", ")}}`;
  return JSON.stringify(value);
}

function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}
