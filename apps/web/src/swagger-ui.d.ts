declare module "swagger-ui-dist/swagger-ui-es-bundle.js" {
  interface SwaggerOptions {
    readonly domNode: HTMLElement;
    readonly spec: unknown;
    readonly deepLinking: boolean;
    readonly tryItOutEnabled: boolean;
    readonly docExpansion: "list" | "full" | "none";
    readonly defaultModelsExpandDepth: number;
    readonly displayRequestDuration: boolean;
    readonly validatorUrl: string | null;
    readonly onComplete: () => void;
  }
  export default function SwaggerUIBundle(options: SwaggerOptions): void;
}

declare module "*.css";
