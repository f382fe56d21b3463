import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { startBench, temporaryDirectory, tiny, writeTasks } from "../bench-command.js";

const timeout = 300_000;

/** A user's place with data, and the program there. */
function place() {
  const directory = temporaryDirectory();
  const data = writeTasks(directory);
  const env = { PETL_CACHE: join(directory, "cache") };
  const bench = (...args: string[]) => startBench(args, directory, env);
  const glue = (...args: string[]) =>
    bench("glue", ...tiny, "--data", data, "--tasks", "sst2", "--device", "cpu", ...args);
  return { directory, bench, glue };
}

test.each<[string, string[], RegExp]>([
  ["a flag of another engine", ["--partition", "gpu"], /--partition: expected with --engine slurm, got engine local/],
  [
    "a device that is looked for here",
    ["--engine", "slurm", "--device", "auto"],
    /device "auto": expected the device of the machines that will run it/,
  ],
  ["GPUs of this machine", ["--engine", "slurm", "--gpus", "all"], /--gpus: expected on this machine/],
  ["all of it again", ["--engine", "slurm", "--force"], /--force: expected on this machine/],
  ["no such engine", ["--engine", "pbs"], /Allowed choices are local, slurm, kubernetes/],
  ["GPUs of a processor", ["--gpus", "0"], /expected a device that computes on GPUs, got cpu/],
  ["no number of runs", ["--parallel", "0"], /--parallel/],
  [
    "an option that the script sets",
    ["--engine", "slurm", "--sbatch", "array=1-3", "--dry-run"],
    /got array, which the job script sets/,
  ],
  ["no image", ["--engine", "kubernetes", "--write", "job.yaml"], /expected --image and --claim/],
])("%s is refused in one line, and nothing is made", { timeout }, async (_, args, message) => {
  const { directory, glue } = place();
  const { exitCode, stderr, stdout } = await glue("--methods", "bitfit", "--out", "out", ...args);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  expect(stderr.split("\n").filter((line) => line.startsWith("error:"))).toEqual([expect.stringMatching(message)]);
  expect(existsSync(join(directory, "out", "jobs"))).toBe(false);
});

test("a dry run for Slurm prints the script of what is missing and makes nothing", { timeout }, async () => {
  const { directory, glue } = place();
  const out = join(directory, "an output, with 'odd' $letters");
  const args = ["--methods", "bitfit,read", "--seeds", "0,1", "--out", out, "--engine", "slurm"];
  const slurm = [
    "--partition",
    "gpu",
    "--gres",
    "gpu:a100:1",
    "--time",
    "2:00:00",
    "--parallel",
    "3",
    "--setup",
    "module load cuda",
    "--sbatch",
    "qos=low",
  ];
  const { exitCode, stdout } = await glue(...args, ...slurm, "--save", "--dry-run");
  expect(exitCode).toBe(0);
  const lines = stdout.split("\n");
  expect(lines).toEqual(
    expect.arrayContaining([
      "#SBATCH --array=0-3%3",
      "#SBATCH --partition=gpu",
      "#SBATCH --gres=gpu:a100:1",
      "#SBATCH --time=2:00:00",
      "#SBATCH --qos=low",
      "module load cuda",
    ]),
  );
  const command = lines.find((line) => line.startsWith("exec "))!;
  expect(command).toContain(`work '${out.replaceAll("'", "'\\''")}' --run "$SLURM_ARRAY_TASK_ID" '--plan' '`);
  expect(command).toMatch(/'--save'$/);
  expect(existsSync(out)).toBe(false);
});

test("a plan that was shared is worked on run by run, each once, and its status is told from the files", {
  timeout,
}, async () => {
  const { directory, bench, glue } = place();
  const claims = ["--image", "registry.example/petl-bench", "--claim", "sweep", "--write", "job.yaml"];
  const wrote = await glue(
    "--methods",
    "bitfit,read",
    "--out",
    "out",
    "--engine",
    "kubernetes",
    ...claims,
    "--gpus-per-run",
    "1",
  );
  expect(wrote).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("2 runs as a Job in") });
  const job = readFileSync(join(directory, "job.yaml"), "utf8");
  expect(job).toMatch(/completions: 2[\s\S]*nvidia.com\/gpu: 1/);
  const list = readdirSync(join(directory, "out", "jobs")).find((name) => name.endsWith(".txt"))!;
  expect(readFileSync(join(directory, "out", "jobs", list), "utf8")).toBe("0\n1\n");

  expect(await bench("status", "out")).toMatchObject({
    exitCode: 1,
    stdout: expect.stringContaining("0 of 2 runs are done"),
  });
  const first = await bench("work", "out", "--run", "1", "--list", join("out", "jobs", list));
  expect(first).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("completed") });
  const again = await bench("work", "out", "--run", "1");
  expect(again).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("it is done already") });
  const status = await bench("status", "out", "--json");
  expect(JSON.parse(status.stdout)).toMatchObject({
    done: 1,
    missing: 1,
    runs: [{ state: "missing" }, { state: "done" }],
  });
  expect((await bench("work", "out", "--run", "2")).stderr).toMatch(/--run: expected a number from 0 to 1, got 2/);

  const rest = await glue("--methods", "bitfit,read", "--out", "out", "--json"); // this machine does what is left
  expect(rest.exitCode).toBe(0);
  expect(await bench("status", "out")).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining("2 of 2 runs are done"),
  });
  const nothing = await glue("--methods", "bitfit,read", "--out", "out", "--engine", "kubernetes", ...claims);
  expect(nothing.stdout).toContain("nothing to write");
});

test("a run whose search is not over says so, and a folder that shares nothing is refused", { timeout }, async () => {
  const { directory, bench, glue } = place();
  const search = ["--methods", "bitfit", "--protocol", "tuned", "--trials", "2", "--seeds", "0", "--validation", "8"];
  const dry = await glue(...search, "--out", "out", "--engine", "slurm", "--dry-run");
  expect(dry.stdout.match(/^#SBATCH --array=.*$/gm)).toEqual(["#SBATCH --array=0-1", "#SBATCH --array=2-3"]); // its trials, then what depends on them
  expect(dry.stderr).toContain("begins once all before have ended");
  await glue(
    ...search,
    "--out",
    "out",
    "--engine",
    "kubernetes",
    "--image",
    "i",
    "--claim",
    "c",
    "--write",
    "job.yaml",
  );
  const early = await bench("work", "out", "--run", "2");
  expect(early).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/cannot begin: 2 runs of its search are not done/),
  });
  const stopped = bench("work", "out", "--run", "3", "--wait");
  let said = "";
  stopped.stderr?.on("data", (chunk) => {
    said += chunk;
  });
  await vi.waitFor(() => expect(said).toContain("waiting for 2 runs of its search"), { timeout: 60_000 });
  stopped.kill("SIGTERM");
  expect((await stopped).exitCode).toBe(130);
  const waiting = bench("work", "out", "--run", "2", "--wait");
  for (const trial of ["0", "1"]) expect((await bench("work", "out", "--run", trial)).exitCode).toBe(0);
  expect(await waiting).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("completed") });
  mkdirSync(join(directory, "empty"));
  for (const command of [
    ["work", "empty", "--run", "0"],
    ["status", "empty"],
    ["cancel", "empty"],
  ]) {
    const { exitCode, stderr } = await bench(...command);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^error: output folder .*empty: expected one /);
  }
});
