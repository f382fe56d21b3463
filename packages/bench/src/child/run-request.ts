import { loadBackbone } from "@petl/backbone";
import { findTask, loadTask, type Split } from "@petl/glue";
import type { RunRecord } from "@petl/results";
import type { PetlMethod } from "@petl/spec";
import type { DeviceProvider } from "@petl/tensor";
import { prepareTask, train } from "@petl/trainer";
import type { ChildEvent, ChildRequest } from "./protocol.js";

/** Does what a child is asked to do: opens the device, loads backbone and data, trains and evaluates, saying all of it. */
export async function runRequest(request: ChildRequest, emit: (event: ChildEvent) => void): Promise<void> {
  const { settings, limit, evalLimit, textFormat } = request;
  const provider = await importDefault<DeviceProvider>(request.deviceUrl);
  const device = await provider.open(request.threads === null ? {} : { threads: request.threads });
  emit({ type: "device", name: device.name, details: device.details });
  const { model, tokenizer, source } = await loadBackbone(request.backbone, {
    seed: settings.seed,
    onProgress: ({ file, bytes, totalBytes }) =>
      emit({ type: "download", file, doneBytes: bytes, totalBytes: totalBytes || null }),
  });
  emit({ type: "backbone", source });
  if (request.task !== "check" && request.method !== null) {
    const method = await importDefault<PetlMethod>(request.method.url);
    const { name, directory } = request.task;
    const loaded = await loadTask(directory, findTask(name), {
      limit: limit ?? undefined,
      evalLimit: evalLimit ?? undefined,
    });
    const { train: trainSplit, evaluations, notices } = loaded;
    emit({ type: "data", data: dataPart(directory, trainSplit, evaluations, notices) });
    const task = prepareTask(loaded, tokenizer, textFormat, settings);
    await train({
      backbone: model,
      method,
      config: request.method.config,
      task,
      settings,
      onEvent: emit,
      synchronize: () => device.synchronize(),
    });
  }
  await device.close();
}

function dataPart(
  directory: string,
  train: Split,
  evaluations: readonly Split[],
  notices: readonly string[],
): NonNullable<RunRecord["data"]> {
  return {
    source: "glue",
    directory,
    files: [train, ...evaluations].map(({ file, dropped }) => ({
      name: file.path.startsWith(directory) ? file.path.slice(directory.length).replace(/^[/\\]/, "") : file.path,
      rows: file.rows,
      officialRows: file.officialRows,
      droppedRows: dropped,
      sha256: file.sha256,
    })),
    trainExamples: train.examples.length,
    evalExamples: evaluations.reduce((sum, { examples }) => sum + examples.length, 0),
    notices: [...notices],
  };
}

async function importDefault<Exported>(url: string): Promise<Exported> {
  return ((await import(url)) as { default: Exported }).default;
}
