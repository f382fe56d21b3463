// Training steps of one method on a T5 of a given size and a fixed random batch: what micro/step.mjs and peers/ measure.
import { geometries, initialise, T5 } from "@petl/family-t5";
import full from "@petl/method-full";
import lora from "@petl/method-lora";
import read from "@petl/method-read";
import { seededRandom, tf } from "@petl/tensor";
import { Trainee, TunedModel, trainStep } from "@petl/trainer";

const methods = { full, lora, read };

/** The size that the project's figures are given for. */
export const size = { vocabulary: 32128, width: 256, feedForward: 1024, layers: 4, batch: 16, tokens: 64, targets: 8 };

/** Examples of random tokens without padding: batch x tokens, batch x targets. */
export function randomExamples({ vocabulary, batch, tokens, targets }) {
  const random = seededRandom(2);
  const ids = (shape) => tf.cast(random.uniform(shape, 2, vocabulary - 100), "int32");
  return {
    inputs: {
      tensors: { sources: ids([batch, tokens]), mask: tf.ones([batch, tokens]), decoderInputs: ids([batch, targets]) },
      shape: [batch, tokens, targets],
      paddedTokens: batch * (tokens + targets),
    },
    labels: ids([batch * targets]),
  };
}

/** `step(examples)` makes one update and returns the loss; `dispose` frees the model. */
export function modelSteps(name, { vocabulary, width, feedForward, layers, dropout = 0 }) {
  const method = methods[name];
  if (method === undefined) throw new Error(`expected a method of ${Object.keys(methods).join(", ")}, got ${name}`);
  const config = {
    ...geometries["t5-small"],
    vocabularySize: vocabulary,
    modelWidth: width,
    headWidth: 64,
    heads: width / 64,
    feedForwardWidth: feedForward,
    encoderLayers: layers,
    decoderLayers: layers,
  };
  const backbone = new T5("random", config, initialise(config, seededRandom(1)));
  const model = TunedModel.attach(backbone, method, method.parse({}), seededRandom(3), { dropout });
  const trainee = new Trainee(model);
  const random = seededRandom(4);
  let count = 0;
  return {
    ...{ name, backbone },
    trained: Object.values(model.trained).reduce((sum, { size: values }) => sum + values, 0),
    step(examples) {
      const settings = { step: ++count, learningRate: 1e-3, clipNorm: null };
      const { loss } = trainStep(trainee, examples, settings, random.fork(count));
      const value = loss.dataSync()[0];
      loss.dispose();
      return value;
    },
    dispose() {
      model.dispose();
      trainee.dispose();
      tf.dispose(Object.values(backbone.params));
    },
  };
}
