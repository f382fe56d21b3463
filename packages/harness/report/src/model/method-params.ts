/** What is trained and what there is, the task's head among both. */
interface Params {
  readonly trainableParams: number;
  readonly headParams: number;
  readonly totalParams: number;
}

/** Parameters without the head of the task, which every method trains: those a method trains, and their share of all. */
export function methodParams({ trainableParams, headParams, totalParams }: Params) {
  const trained = trainableParams - headParams;
  const all = totalParams - headParams;
  return { trained, share: all > 0 ? trained / all : null };
}
