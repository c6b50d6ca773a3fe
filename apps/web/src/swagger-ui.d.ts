declare module "swagger-ui-dist/swagger-ui-es-bundle.js" {
  /** Parts of the page by name; Swagger UI brings a React of its own, which draws them. */
  export type SwaggerPlugin = (system: {
    readonly React: { createElement(type: string, props: null, text: unknown): unknown };
  }) => { readonly components: Readonly<Record<string, (props: { readonly text: unknown }) => unknown>> };
  interface SwaggerOptions {
    readonly domNode: HTMLElement;
    readonly spec: unknown;
    readonly deepLinking: boolean;
    readonly tryItOutEnabled: boolean;
    readonly docExpansion: "list" | "full" | "none";
    readonly defaultModelsExpandDepth: number;
    readonly displayRequestDuration: boolean;
    readonly validatorUrl: string | null;
    readonly plugins: readonly SwaggerPlugin[];
    readonly onComplete: () => void;
  }
  export default function SwaggerUIBundle(options: SwaggerOptions): void;
}

declare module "*.css";
