import { fileURLToPath } from "node:url";
import { type LoadedBackbone, loadBackbone, type WeightStorage } from "@petl/backbone";
import type { PetlMethod } from "@petl/spec";
import { isTableTask } from "@petl/table-tasks";
import { loadTask } from "@petl/task";
import { type Device, type DeviceProvider, seededRandom } from "@petl/tensor";
import { prepareTask, TunedModel, train } from "@petl/trainer";
import { answeringModel, encodingOf, scoringOf } from "../resolve/answering.js";
import { familyAt } from "../resolve/family.js";
import { loadForMethod } from "../resolve/load-for-method.js";
import { importWithContract } from "../resolve/one-copy.js";
import { taskReader } from "../resolve/task-reader.js";
import { saveModel } from "../saved/saved-model.js";
import { compareBackbone, compareData, compareMethod } from "./compare-identity.js";
import { paramsDigest } from "./params-digest.js";
import { predictFiles } from "./predict-files.js";
import type { CheckRequest, ChildEvent, ChildRequest, RunRequest } from "./protocol.js";
import { dataPart, heldOut, labelsOf, readAtFirst, testLoader } from "./run-data.js";
import { runStates } from "./run-states.js";
import { untilStopped } from "./stop-signal.js";

/** Does what a child is asked to do, saying all of it. */
export async function answerRequest(request: ChildRequest, emit: (event: ChildEvent) => void): Promise<void> {
  const { settings, options } = request;
  const { default: provider } = (await importWithContract(request.deviceUrl)) as { default: DeviceProvider };
  const device = await provider.open({
    kernels: options.cpuKernels,
    ...(options.threads !== null && { threads: options.threads }),
    ...(options.gpu !== null && { gpu: options.gpu }),
    precision: options.precision,
  });
  emit({ type: "device", name: device.name, details: device.details });
  const family = await familyAt(request.family);
  const load = (storage: WeightStorage) =>
    loadBackbone(request.backbone, family, {
      seed: settings.seed,
      storage,
      ...(request.commit !== null && { commit: request.commit }),
      onProgress: ({ file, bytes, totalBytes }) =>
        emit({ type: "download", file, doneBytes: bytes, totalBytes: totalBytes || null }),
      onWait: (message) => emit({ type: "notice", message }),
    });
  const backbone =
    request.kind === "run"
      ? await loadForRun(request, load, emit)
      : await load({ dtype: settings.backboneDtype, unfrozen: new Set() });
  if (request.kind === "check") await attachEach(request, backbone);
  else if (request.kind === "predict")
    await predictFiles(request, await importMethod(request.method.url), backbone, emit);
  else {
    const { source, files, family, config } = backbone;
    const { model_type: modelType = null } = family.configFields(config) as { model_type?: string };
    const paramsSha256 = settings.backboneDtype === "f32" ? await paramsDigest(backbone.model.params) : null;
    emit({ type: "backbone", source: { ...source, paramsSha256 }, files: [...files], modelType });
    compareBackbone(request.identity, backbone, paramsSha256);
    await trainOne(request, backbone, device, emit);
  }
  await device.close();
}

async function loadForRun(
  { method, task, settings }: RunRequest,
  load: (storage: WeightStorage) => Promise<LoadedBackbone>,
  emit: (event: ChildEvent) => void,
): Promise<LoadedBackbone> {
  const definition = await importMethod(method.url);
  const random = () => seededRandom(settings.seed);
  return loadForMethod(
    settings.backboneDtype,
    load,
    ({ model }) => TunedModel.attach(answeringModel(model, task, settings), definition, method.config, random()),
    ({ length }) =>
      emit({
        type: "notice",
        message: `${definition.name} trains ${length} of the backbone's tensors that would be stored as ${settings.backboneDtype}: they stay float32`,
      }),
  );
}

async function attachEach({ attachments }: CheckRequest, { model }: LoadedBackbone): Promise<void> {
  for (const { method, task, settings } of attachments) {
    const definition = await importMethod(method.url);
    const answering = answeringModel(model, task, settings);
    TunedModel.attach(answering, definition, method.config, seededRandom(settings.seed)).dispose();
  }
}

async function trainOne(
  request: RunRequest,
  loadedBackbone: LoadedBackbone,
  device: Device,
  emit: (event: ChildEvent) => void,
): Promise<void> {
  const { directory, settings } = request;
  const { model, source, family } = loadedBackbone;
  const { limit, evalLimit, textFormat, cacheActivations, cacheBudget } = request.options;
  const method = await importMethod(request.method.url);
  compareMethod(request.identity, request.method.url); // after the import, so that no change between the two is missed
  const loaded = await loadTask(await taskReader(request.task, directory), {
    limit: limit ?? undefined,
    evalLimit: evalLimit ?? undefined,
    holdOut: heldOut(request),
  });
  compareData(readAtFirst(request), [loaded.train, ...loaded.evaluations]);
  emit({ type: "data", data: dataPart(directory, loaded) });
  const states = runStates(request, device, emit);
  const input = {
    backbone: answeringModel(model, loaded.task, settings, labelsOf(loaded.train)),
    method,
    config: request.method.config,
    task: prepareTask(
      loaded,
      encodingOf(loadedBackbone, settings, textFormat),
      request.scoresTest ? testLoader(request, loaded, emit) : null,
    ),
    settings,
    cache: { ...request.cache, mode: cacheActivations, budget: cacheBudget, device },
    synchronize: () => device.synchronize(),
    needsLossScaling: device.needsLossScaling,
    ...states,
  };
  const result = await untilStopped((signal) => train({ ...input, signal }));
  if (device.bufferBytes !== undefined) emit({ type: "device-buffers", peakBytes: device.bufferBytes().peak });
  if (request.saveTo === null) return;
  await saveModel(request.saveTo, result.model, {
    version: 1,
    method: {
      packageName: request.method.packageName,
      module: fileURLToPath(request.method.url),
      config: request.method.config,
    },
    // a package is found by its name wherever the model is opened; its URL would be this machine's
    backbone: {
      reference: request.backbone.startsWith("file:") ? source.name : request.backbone,
      seed: settings.seed,
      sha256: source.sha256,
      family: family.name,
    },
    ...{
      task: request.task.name,
      ownTask: isTableTask(request.task) ? request.task : null,
      textFormat,
      directory,
      evalLimit,
    },
    settings: { ...settings, scoring: scoringOf(settings) },
  });
}

/** Known to be a method: the parent has looked. */
async function importMethod(url: string): Promise<PetlMethod> {
  return (await importWithContract(url)).default as PetlMethod;
}
