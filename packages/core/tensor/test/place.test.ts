import { expect, test } from "vitest";
import { atPlace, currentPlace, differentiable, type Place, tf, valueAndGradients } from "../src/index.js";
import { startBackend } from "./start-backend.js";

test("backward work is placed at the site that recorded it", async () => {
  await startBackend();
  const seen: Place[] = [];
  const note = (): void => {
    seen.push(currentPlace());
  };
  const doubled = (x: tf.Tensor): tf.Tensor =>
    differentiable(
      "doubled",
      { x },
      () => {
        note();
        return tf.mul(x, 2);
      },
      () => ({
        save: [],
        backward(dy) {
          note();
          return { x: () => tf.mul(dy, 2) };
        },
      }),
    );
  const x = tf.scalar(3);
  const { value, gradients } = valueAndGradients(
    () => atPlace({ site: "outer" }, () => atPlace({ site: "inner" }, () => doubled(x))),
    { x },
  );
  expect(seen).toEqual([
    { phase: "forward", site: "inner" },
    { phase: "backward", site: "inner" },
  ]);
  expect(currentPlace()).toEqual({ phase: "forward", site: "" });
  tf.dispose([x, value, gradients as Record<string, tf.Tensor>]);
});

test("the place before comes back where a scope throws", () => {
  expect(() =>
    atPlace({ phase: "update" }, () => {
      throw new Error("no");
    }),
  ).toThrow("no");
  expect(currentPlace().phase).toBe("forward");
});
