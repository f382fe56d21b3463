// GFLOP/s of matMul at one shape in the layouts of a linear layer's products, and its share of the 128-bit ceiling.
// node benchmarks/micro/gemm.mjs [threads,...] [kernels] [rows] [depth] [columns]
// Medians of 15 samples of 10 products (and the best, which a busy machine disturbs least).
import cpu from "@petl/device-cpu";
import { tf } from "@petl/tensor";
import { fmaPeak } from "./fma-peak.mjs";

const [threads = "1", kernels = "auto", rows = 1024, depth = 256, columns = 1024] = process.argv.slice(2);
const [m, k, n] = [Number(rows), Number(depth), Number(columns)];
for (const count of threads.split(",").map(Number)) {
  const device = await cpu.open({ threads: count, kernels });
  const { simd, products } = device.details;
  const ceiling = count * ((await fmaPeak()) ?? Number.NaN);
  const line = [`Node ${process.versions.node}, ${m}x${k}x${n}, ${count} threads, ${simd}, products by ${products}:`];
  let slowest = Number.POSITIVE_INFINITY;
  for (const [name, ta, tb] of [
    ["NN", false, false],
    ["NT", false, true],
    ["TN", true, false],
    ["TT", true, true],
  ]) {
    const a = tf.randomUniform(ta ? [k, m] : [m, k], -1, 1);
    const b = tf.randomUniform(tb ? [n, k] : [k, n], -1, 1);
    const run = () => tf.matMul(a, b, ta, tb).dispose();
    for (let i = 0; i < 20; i++) run();
    const samples = [];
    for (let sample = 0; sample < 15; sample++) {
      const begin = performance.now();
      for (let i = 0; i < 10; i++) run();
      samples.push((performance.now() - begin) / 10);
    }
    samples.sort((x, y) => x - y);
    const speed = (ms) => (2e-6 * m * n * k) / ms;
    slowest = Math.min(slowest, speed(samples[7]));
    line.push(`${name} ${speed(samples[7]).toFixed(1)} (${speed(samples[0]).toFixed(1)})`);
    tf.dispose([a, b]);
  }
  const share = Math.round((100 * slowest) / ceiling);
  console.log(line.join(" "), `GFLOP/s; 128-bit FMA ceiling ${ceiling.toFixed(1)}, slowest median ${share} % of it`);
  await device.close();
}
