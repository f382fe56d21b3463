// Compiles assembly/ twice: with fused multiply-add (relaxed SIMD) and without, for hosts that lack it.
import { mkdir } from "node:fs/promises";
import { main } from "assemblyscript/asc";

await mkdir("dist", { recursive: true });
const builds = [
  ["dist/kernels-simd.wasm", []],
  ["dist/kernels-relaxed.wasm", ["--enable", "relaxed-simd"]],
];
for (const [outFile, features] of builds) {
  const { error, stderr } = await main([
    ...["assembly/index.ts", "--outFile", outFile, "--optimize", "--optimizeLevel", "3", "--runtime", "stub"],
    ...["--use", "abort=", "--noExportMemory", "--importMemory", "--sharedMemory", "--initialMemory", "1"],
    ...["--maximumMemory", "65536", "--enable", "simd", "--enable", "threads", ...features],
  ]);
  if (error) throw new Error(`${outFile}: ${error.message}\n${stderr}`);
}
