import { liveBytes, tf } from "@petl/tensor";
import { afterEach, describe, expect, test } from "vitest";
import node from "../src/index.js";

const { usable, reason } = await node.probe();
if (!usable) console.warn(`skipped, the node device cannot be used here: ${reason}`);

test("an emulated GPU is refused, in whatever state this machine is", async () => {
  expect(await node.probe({ gpu: "software" })).toMatchObject({ usable: false });
  await expect(node.open({ gpu: "software" })).rejects.toMatchObject({ code: "E_DEVICE_UNUSABLE" });
});

describe.skipIf(!usable)("the node device", () => {
  let device: Awaited<ReturnType<typeof node.open>> | null = null;
  const open = async () => {
    device = await node.open();
    return device;
  };
  afterEach(async () => {
    await device?.close();
    device = null;
  });

  test("opens as the current backend and names its TensorFlow", async () => {
    const { name, details } = await open();
    expect([name, tf.getBackend()]).toEqual(["node", "tensorflow"]);
    expect(details).toMatchObject({ tensorflow: expect.stringMatching(/^2\./), tf32: false, memoryGrowth: true });
  });

  test("opens once at a time, and again after it was closed", async () => {
    await open();
    await expect(node.open()).rejects.toMatchObject({ code: "E_DEVICE_BUSY" });
    await device!.close();
    await open();
    expect((await tf.add(1, 2).data())[0]).toBe(3);
  });

  test("synchronizing waits and leaves no tensor behind", async () => {
    const { synchronize } = await open();
    const before = liveBytes().total;
    const product = tf.matMul(tf.ones([300, 300]), tf.ones([300, 300]));
    await synchronize();
    expect((await product.data())[0]).toBe(300);
    expect(liveBytes().total - before).toBe(3 * 4 * 300 * 300);
  });

  test("operations that call what Node.js 23 took away work", async () => {
    await open();
    const { values } = tf.topk(tf.tensor1d([3, 1, 2]), 2);
    expect([...(await values.data())]).toEqual([3, 2]);
  });
});
