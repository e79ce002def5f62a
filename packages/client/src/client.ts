import { type ConnectionOptions, connect } from "./requests/connect.ts";
import { type DatasetRoutes, datasetRoutes } from "./routes/datasets.ts";
import { type FaceRoutes, faceRoutes } from "./routes/faces.ts";
import { type HealthRoutes, healthRoutes } from "./routes/health.ts";
import { type JobRoutes, jobRoutes } from "./routes/jobs.ts";
import { type KeyRoutes, keyRoutes } from "./routes/keys.ts";
import { type ModelRoutes, modelRoutes } from "./routes/models.ts";
import { type ProtocolRoutes, protocolRoutes } from "./routes/protocol.ts";
import { type ServerRoutes, serverRoutes } from "./routes/server.ts";

/** Every route of a server as a function. */
export interface FoveaClient
  extends FaceRoutes,
    ModelRoutes,
    DatasetRoutes,
    JobRoutes,
    KeyRoutes,
    ServerRoutes,
    HealthRoutes {
  /** The Open Inference Protocol: models on tensors. */
  readonly protocol: ProtocolRoutes;
}

/**
 * A client of a Fovea server. Its functions throw `FoveaError` with code and help: a `ResponseError`, with status and the
 * request's id, for what the server refuses. Asks nothing by itself, and holds nothing open.
 */
export function createClient(options: ConnectionOptions): FoveaClient {
  const connection = connect(options);
  return {
    ...faceRoutes(connection),
    ...modelRoutes(connection),
    ...datasetRoutes(connection),
    ...jobRoutes(connection),
    ...keyRoutes(connection),
    ...serverRoutes(connection),
    ...healthRoutes(connection),
    protocol: protocolRoutes(connection),
  };
}
