import { dirname } from "node:path";
import type { LoadedBackbone } from "@petl/backbone";
import { makeDirectory, writeWhole } from "@petl/files";
import { loadSplit, predictionsText, submissionFiles } from "@petl/glue";
import type { PetlMethod } from "@petl/spec";
import { predict, prepareTexts } from "@petl/trainer";
import { encodingOf } from "../resolve/answering.js";
import { openSavedModel } from "../saved/open-saved-model.js";
import { readSavedModel } from "../saved/saved-model.js";
import type { ChildEvent, PredictRequest } from "./protocol.js";

/** Interval between progress events. */
const reportEveryMs = 1000;

/** Predicts the test examples of submission files with a saved model; each file is written whole. */
export async function predictFiles(
  { model: directory, directory: data, options, settings, files }: PredictRequest,
  method: PetlMethod,
  backbone: LoadedBackbone,
  emit: (event: ChildEvent) => void,
): Promise<void> {
  const model = openSavedModel(directory, readSavedModel(directory), method, backbone);
  const encoding = encodingOf(backbone, settings, options.textFormat);
  for (const { name, path } of files) {
    const { task, split } = submissionFiles.find((file) => file.name === name)!;
    const { examples } = await loadSplit(data, task, split);
    const texts = prepareTexts(task, examples, encoding);
    let reportedAtMs = 0;
    const onProgress = (done: number): void => {
      if (done < examples.length && Date.now() - reportedAtMs < reportEveryMs) return;
      reportedAtMs = Date.now();
      emit({ type: "predicting", name, done, total: examples.length });
    };
    const { answers } = await predict(model, texts.answering, texts.examples, settings, { onProgress });
    makeDirectory(dirname(path));
    await writeWhole(
      path,
      predictionsText(
        task,
        answers.map(({ value }) => value as number | undefined),
      ),
    );
  }
}
