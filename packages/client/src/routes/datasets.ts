import type { CallOptions, Connection } from "../requests/connect.ts";
import { type FileInput, openFile } from "../requests/form.ts";
import type { JsonOf, RouteOf } from "../requests/route-types.ts";

const PICTURE = "/v1/datasets/{id}/pictures/{class}/{file}";

/** A set of uploaded pictures, with how many it has of each class. */
export type Dataset = JsonOf<RouteOf<"/v1/datasets/{id}", "get">>;
/** A picture as it is kept. */
export type StoredPicture = JsonOf<RouteOf<typeof PICTURE, "put">>;

/** Routes of pictures to train on. */
export interface DatasetRoutes {
  /** Makes an empty set; the name is for people. */
  createDataset(name: string, options?: CallOptions): Promise<Dataset>;
  /** The sets, the oldest first. */
  datasets(options?: CallOptions): Promise<readonly Dataset[]>;
  /** One set. */
  dataset(id: string, options?: CallOptions): Promise<Dataset>;
  /** Puts a picture into a class of a set, under its own name; bytes need one: `{ name: "1.jpg", bytes }`. */
  putPicture(id: string, className: string, picture: FileInput, options?: CallOptions): Promise<StoredPicture>;
  /** Deletes a set with all its pictures. */
  deleteDataset(id: string, options?: CallOptions): Promise<void>;
}

export function datasetRoutes({ json, response }: Connection): DatasetRoutes {
  return {
    createDataset: (name, { signal } = {}) => json("post", "/v1/datasets", { json: { name }, signal }),
    datasets: async ({ signal } = {}) => (await json("get", "/v1/datasets", { signal })).datasets,
    dataset: (id, { signal } = {}) => json("get", "/v1/datasets/{id}", { path: { id }, signal }),
    async putPicture(id, className, picture, { signal } = {}) {
      const { name: file, blob: body } = await openFile(picture, "picture");
      const headers = { "content-type": "application/octet-stream" };
      return json("put", PICTURE, { path: { id, class: className, file }, headers, body, signal });
    },
    async deleteDataset(id, { signal } = {}) {
      await response("delete", "/v1/datasets/{id}", { path: { id }, signal });
    },
  };
}
