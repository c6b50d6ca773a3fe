/** The OpenAPI 3.1 document, made from the same table that dispatches. */
import { z } from "zod";
import { bundleLimitBytes, problemContentType } from "@sluice/contracts";
import { namedSchemas } from "./named-schemas.ts";
import { restOperations } from "./operations.ts";
import type { BodyKind, Operation, ResponseDoc } from "./operation.ts";

type Json = Record<string, unknown>;

export function buildOpenApi(version: string): Json {
  const paths: Record<string, Json> = {};
  for (const operation of restOperations) {
    const path = (paths[operation.path] ??= {});
    path[operation.method.toLowerCase()] = operationObject(operation);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Sluice",
      version,
      description:
        "Model serving: applications, revisions, traffic, replicas, nodes, metrics. Errors are `application/problem+json`.",
    },
    servers: [{ url: "/api/v1" }],
    security: [{}, { token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer", description: "Admin token or API key" } },
      schemas: componentSchemas(),
    },
  };
}

function operationObject(operation: Operation): Json {
  const problems = [400, 401, 403, ...operation.problems, 500];
  return {
    operationId: operation.id,
    summary: operation.summary,
    tags: [operation.tag],
    parameters: [
      ...parametersOf(operation.params, "path"),
      ...parametersOf(operation.query, "query"),
      ...headersOf(operation),
    ],
    ...(operation.body === null ? {} : { requestBody: requestBodyOf(operation.body) }),
    responses: {
      ...Object.fromEntries(
        Object.entries(operation.responses).map(([status, doc]) => [status, responseOf(doc, operation)]),
      ),
      ...Object.fromEntries(
        [...new Set(problems)]
          .filter((status) => operation.responses[status] === undefined)
          .map((status) => [status, problemResponse(status)]),
      ),
    },
    ...(operation.isOpen ? { security: [{}] } : {}),
  };
}

function parametersOf(schema: z.ZodObject | null, where: "path" | "query"): Json[] {
  if (schema === null) return [];
  const { properties = {}, required = [] } = plainSchema(schema, "input") as { properties?: Json; required?: string[] };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: where,
    required: where === "path" || required.includes(name),
    schema: property,
  }));
}

function headersOf(operation: Operation): Json[] {
  const header = (name: string, description: string): Json => ({
    name,
    in: "header",
    required: false,
    description,
    schema: { type: "string" },
  });
  const isUpdate = operation.problems.includes(412);
  const isRepeatable = (operation.method === "POST" || operation.method === "PUT") && operation.body?.kind !== "bytes";
  return [
    ...(isUpdate
      ? [header("If-Match", "ETag of the application (its generation); 412 when it changed meanwhile")]
      : []),
    ...(isRepeatable ? [header("Idempotency-Key", "Repeats of the same call get the first answer, for 24 hours")] : []),
    header("X-Request-Id", "Kept on the answer and in logs"),
  ];
}

function requestBodyOf(body: BodyKind): Json {
  if (body.kind === "bytes") {
    const schema = { type: "string", contentMediaType: "application/octet-stream", maxLength: bundleLimitBytes };
    return { required: true, content: Object.fromEntries(body.contentTypes.map((type) => [type, { schema }])) };
  }
  const schema = plainSchema(body.schema, "input");
  const types = body.kind === "spec" ? ["application/json", "application/yaml"] : ["application/json"];
  return { required: true, content: Object.fromEntries(types.map((type) => [type, { schema }])) };
}

function responseOf(doc: ResponseDoc, operation: Operation): Json {
  if (doc.schema === undefined) return { description: doc.description };
  const content: Json = { "application/json": { schema: { $ref: `#/components/schemas/${doc.schema}` } } };
  if (operation.id === "queryMetrics") content["text/csv"] = { schema: { type: "string" } };
  return { description: doc.description, content };
}

function problemResponse(status: number): Json {
  const texts: Record<number, string> = {
    400: "The request is not valid",
    401: "A credential is needed",
    403: "Not allowed, or from another origin",
    404: "Not found",
    409: "In conflict with the present state",
    412: "Changed meanwhile",
    413: "Too large",
    415: "This content type is not taken",
    422: "The content is not valid; `errors` points at each field",
    500: "Something went wrong inside Sluice",
  };
  return {
    description: texts[status] ?? "A problem",
    content: { [problemContentType]: { schema: { $ref: "#/components/schemas/Problem" } } },
  };
}

function componentSchemas(): Json {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(namedSchemas)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { uri: (id) => `#/components/schemas/${id}`, unrepresentable: "any" });
  const { __shared, ...named } = schemas as Record<string, Json>;
  return clean(named) as Json;
}

function plainSchema(schema: z.ZodType, io: "input" | "output"): Json {
  return clean(z.toJSONSchema(schema, { io, unrepresentable: "any" })) as Json;
}

/** Drops what only stands alone (`$schema`, `$id`, `$defs`); a reference into `$defs` is always "any JSON value" here. */
function clean(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== "object" || value === null) return value;
  const { $ref } = value as { $ref?: unknown };
  if (typeof $ref === "string" && $ref.includes("$defs")) return { description: "Any JSON value" };
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "$schema" && key !== "$id" && key !== "$defs" && key !== "~standard")
      .map(([key, field]) => [key, clean(field)]),
  );
}
