import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { runtimeInfo } from "@foveajs/graph";
import {
  checkGolden,
  createFacePipeline,
  decode,
  encodeJpeg,
  encodePng,
  findRate,
  loadModel,
  readModelCard,
  readRecipe,
  recipePictures,
  train,
  trainOwn,
  validationPictures,
  withFilesBeside,
} from "@foveajs/vision";
import type { Parts } from "../context.ts";
import { errors } from "../errors.ts";
import { modelPath } from "../models/store.ts";
import { graphHash, writePictures, writeResults } from "./card-results.ts";
import { readCommit } from "./commit.ts";
import { convertModel } from "./convert-model.ts";
import { readFaceModels, readModel } from "./face-models.ts";
import { optionalPackage, readMachine } from "./machine.ts";
import { measurers } from "./measurers.ts";
import { openModel } from "./open-model.ts";
import { createPictureLoader, releaseFiles } from "./release.ts";
import { openSubject } from "./subject.ts";

/** Where data sets are looked for when the user names no folder: beside the work, then beside the repository. */
const usualDataFolders = ["data", fileURLToPath(new URL("../../../../../shared/data", import.meta.url))];

/** The parts of the packages below, as they run in Node. */
export const nodeParts: Parts = {
  decodeImage: decode,
  encodeImage: (image, { format }) => (format === "png" ? encodePng(image) : encodeJpeg(image)),
  async createFacePipeline({ models, threads, openSession }) {
    const [detector, reader] = await readFaceModels(models);
    const where = openSession ? { openSession } : {};
    return createFacePipeline({ detector, reader, threads: threads ?? availableParallelism(), ...where });
  },
  async openModel({ models, name, threads }) {
    const files = { find: async () => ({ path: await modelPath(models, name) }) };
    const model = await openModel({ models: files, name, ...(threads === undefined ? {} : { threads }) });
    if (model.card) return model;
    await model.dispose();
    throw errors["no-card"]({ name });
  },
  readCard: async (path) => readModelCard(await readModel(path), path),
  async verifyModel(path) {
    const model = await loadModel(await readModel(path), { name: path });
    try {
      return await checkGolden(model.session, model.card);
    } finally {
      await model.dispose();
    }
  },
  graphHash,
  writeResults,
  recipePictures: async (path, { dataFolders = usualDataFolders, signal }) =>
    recipePictures(withFilesBeside(await readRecipe(path), path).recipe, { dataFolders, signal }),
  writePictures,
  exportModel: (conversion) => convertModel(conversion, { dataFolders: usualDataFolders }),
  train({ recipe, ...options }) {
    const all = { ...options, measurers, dataFolders: options.dataFolders ?? usualDataFolders };
    return typeof recipe === "string" ? train({ ...all, recipe }) : trainOwn({ ...all, request: recipe });
  },
  validationPictures: (recipe, { dataFolders = usualDataFolders, side }) =>
    validationPictures(recipe, { dataFolders, side }),
  openSubject,
  findRate: (options) => findRate({ ...options, dataFolders: options.dataFolders ?? usualDataFolders }),
  recipesFolder: fileURLToPath(new URL("../../../../recipes", import.meta.url)),
  releaseFiles,
  createPictureLoader,
  commit: readCommit,
  async runtime() {
    const { version, providers } = await runtimeInfo();
    const threads = availableParallelism();
    return { version, providers, device: `cpu, ${threads} thread${threads === 1 ? "" : "s"}` };
  },
  machine: readMachine,
  optionalPackage,
};
