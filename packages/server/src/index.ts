export { type Config, configSchema, readConfig } from "./config/config.ts";
export { errors } from "./errors.ts";
export { openApiDocument } from "./routes/openapi.ts";
export { routes } from "./routes/table.ts";
export { type Assembly, assemble, readVersion } from "./verbs/assemble.ts";
export { type Listening, listen } from "./verbs/listen.ts";
