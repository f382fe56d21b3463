import { engine } from "./engine.js";

/** Runs `scope` and frees the tensors made in it, except those in what it returns: a tensor, or an object or array of some. */
export function tidy<Result>(scope: () => Result): Result {
  return engine.tidy(scope);
}
