// The 128-bit ceiling of this machine: GFLOP/s of one thread that does nothing but fused multiply-adds in registers.
import { main } from "assemblyscript/asc";

/**
 * Twelve independent chains hide the latency of an addition; nothing is read or written on the way. The factors are arguments:
 * Node.js 24 builds constants anew each time they are used, which takes four times as long.
 */
const chains = Array.from({ length: 12 }, (_, index) => index);
const source = `export function run(rounds: i32, factor: f32, addend: f32): f32 {
  const a = f32x4.splat(factor), b = f32x4.splat(addend);
  ${chains.map((index) => `let c${index} = f32x4.splat(${index});`).join(" ")}
  for (let i = 0; i < rounds; i++) {
    ${chains.map((index) => `c${index} = f32x4.relaxed_madd(c${index}, a, b);`).join("\n    ")}
  }
  return f32x4.extract_lane(${chains.slice(1).reduce((sum, index) => `f32x4.add(${sum}, c${index})`, "c0")}, 0);
}`;

/** Call it once the CPU device is open, which allows relaxed SIMD; null where the host has none. */
export async function fmaPeak() {
  let binary = null;
  const { error, stderr } = await main(
    [
      "source.ts",
      "--outFile",
      "source.wasm",
      "-O3",
      "--runtime",
      "stub",
      "--enable",
      "simd",
      "--enable",
      "relaxed-simd",
    ],
    {
      readFile: (name) => (name === "source.ts" ? source : null),
      writeFile: (name, contents) => {
        if (name === "source.wasm") binary = contents;
      },
      listFiles: () => [],
    },
  );
  if (error) throw new Error(`fma-peak: ${error.message}\n${stderr}`);
  if (!WebAssembly.validate(binary)) return null;
  const kernel = new WebAssembly.Instance(new WebAssembly.Module(binary), { env: { abort() {} } }).exports;
  const run = (count) => kernel.run(count, 1.0000001, 1e-9);
  const rounds = 1e5;
  for (let call = 0; call < 50; call++) {
    run(rounds / 10); // called often, it is compiled anew with optimisation, on another thread
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  let fastest = Number.POSITIVE_INFINITY;
  for (let sample = 0; sample < 200; sample++) {
    const begin = performance.now();
    run(rounds);
    fastest = Math.min(fastest, performance.now() - begin);
  }
  return (1e-6 * rounds * chains.length * 8) / fastest;
}
