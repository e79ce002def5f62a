import type { paths } from "../generated/api.ts";

/** The routes' addresses, with parameters in braces. */
export type Path = keyof paths;

type AnyMethod = "get" | "post" | "put" | "patch" | "delete";

/** Methods that an address has. */
export type MethodOf<P extends Path> = {
  [M in AnyMethod]: paths[P][M] extends { readonly responses: unknown } ? M : never;
}[AnyMethod];

/** One route of the document. */
export type RouteOf<P extends Path, M extends MethodOf<P>> = paths[P][M];

type Success = 200 | 201 | 202;

/** The JSON that a route answers with. */
export type JsonOf<Route> = Route extends { readonly responses: infer Responses }
  ? { [Status in keyof Responses & Success]: JsonContent<Responses[Status]> }[keyof Responses & Success]
  : never;

type JsonContent<Body> = Body extends { readonly content: { readonly "application/json": infer Json } } ? Json : never;

/** What stands in the address and the body of a request, as the document has it. */
export type InputOf<Route> = PathInput<Route> & QueryInput<Route> & JsonInput<Route>;

type PathInput<Route> = Route extends { readonly parameters: { readonly path: infer Values } }
  ? { readonly path: Values }
  : unknown;

type QueryInput<Route> = Route extends { readonly parameters: { readonly query?: infer Values } }
  ? { readonly query?: NonNullable<Values> }
  : unknown;

type JsonInput<Route> = Route extends {
  readonly requestBody: { readonly content: { readonly "application/json": infer Json } };
}
  ? { readonly json: Json } | { readonly body: Uint8Array<ArrayBuffer> }
  : Route extends { readonly requestBody: { readonly content: infer Content } }
    ? { readonly body: Content extends { readonly "multipart/form-data": unknown } ? FormData : Blob }
    : unknown;
