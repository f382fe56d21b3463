import type { LoadedBackbone, WeightStorage } from "@petl/backbone";
import { storageOf } from "@petl/tensor";
import type { TunedModel } from "@petl/trainer";

/**
 * Loads a backbone with its frozen weights stored as `dtype` says, and in float32 those that a method trains: which these are is known
 * once it is attached, so that such a backbone is loaded twice.
 */
export async function loadForMethod(
  dtype: WeightStorage["dtype"],
  load: (storage: WeightStorage) => Promise<LoadedBackbone>,
  attach: (loaded: LoadedBackbone) => TunedModel,
  onUnfrozen: (tensors: readonly string[]) => void = () => {},
): Promise<LoadedBackbone> {
  const loaded = await load({ dtype, unfrozen: new Set() });
  if (dtype === "f32") return loaded;
  const unfrozen = storedUnfrozen(attach, loaded);
  if (unfrozen.length === 0) return loaded;
  loaded.model.dispose();
  onUnfrozen(unfrozen);
  return load({ dtype, unfrozen: new Set(unfrozen) });
}

function storedUnfrozen(attach: (loaded: LoadedBackbone) => TunedModel, loaded: LoadedBackbone): readonly string[] {
  const model = attach(loaded);
  try {
    return storedTensors(model);
  } finally {
    model.dispose();
  }
}

/** The tensors that a model trains although they are stored in few bits. */
export function storedTensors({ trained }: TunedModel): string[] {
  return Object.keys(trained).filter((name) => storageOf(trained[name]!) !== null);
}
