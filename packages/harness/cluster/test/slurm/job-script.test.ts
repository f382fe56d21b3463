import { describe, expect, test } from "vitest";
import { parseSbatchOption, type SlurmJob, slurmScript, splitArrays } from "../../src/index.js";

const plain: SlurmJob = {
  name: "ranks",
  out: "/data/ranks",
  file: "/data/ranks/jobs/ranks-1.sh",
  command: ["/usr/bin/node", "/opt/petl-bench/main.js"],
  array: { offset: 0, ranges: "1,5,7-9", count: 5 },
};

const cases: readonly [string, SlurmJob][] = [
  ["plain", plain],
  [
    "gpu",
    {
      ...plain,
      concurrent: 4,
      signalSeconds: 300,
      workOptions: ["--threads", "8"],
      options: [
        { name: "partition", value: "gpu" },
        { name: "account", value: "lab 7" },
        { name: "gres", value: "gpu:a100:1" },
        { name: "constraint", value: "[rack1|rack2]" },
        { name: "time", value: "1-00:30:00" },
        { name: "exclusive", value: null },
      ],
      setUp: ["module load cuda/12.4", 'export HF_HOME="$SCRATCH/hub"'],
    },
  ],
  ["offset", { ...plain, array: { offset: 1001, ranges: "0-499", count: 500 } }],
  ["dependency", { ...plain, dependency: ["41", "42;west"] }],
  ["odd-folder", { ...plain, name: "two\nlines", out: "/data/50%\\\n#SBATCH --wrap=id", file: "/data/a\nb.sh" }],
];

test.each(cases)("the script of %s is as it was", async (name, job) => {
  await expect(slurmScript(job)).toMatchFileSnapshot(`../golden/${name}.sh`);
});

test("a script of ten thousand sparse runs is small", () => {
  const sparse = Array.from({ length: 10_000 }, (_, index) => 3 * index);
  for (const maxArraySize of [1001, 4_000_001])
    for (const array of splitArrays(sparse, maxArraySize))
      expect(slurmScript({ ...plain, array, concurrent: 1000 }).length).toBeLessThan(8192);
});

describe("a value of a directive", () => {
  test.each([
    ["/out/logs", "/out/logs/%A_%a.log"],
    ["/out/50%A", "/out/50%%A/logs/%A_%a.log"],
    ["/out/a b#c", '"/out/a b#c/logs/%A_%a.log"'],
    ['/out/"q"\'s $HOME `id`', '"/out/\\"q\\"\'s $HOME `id`/logs/%A_%a.log"'],
    ["/out/ü", '"/out/ü/logs/%A_%a.log"'],
    ["/out/back\\slash", "/dev/null"],
    ["/out/new\nline", "/dev/null"],
  ])("%j gives the output %j", (out, expected) => {
    const folder = out.replace(/\/logs$/, "");
    expect(slurmScript({ ...plain, out: folder }).split("\n")).toContain(`#SBATCH --output=${expected}`);
  });
});

describe("what cannot be a job is refused", () => {
  test.each<[string, Partial<SlurmJob>, string]>([
    ["a relative folder", { out: "runs" }, 'output folder: expected an absolute path, got "runs"'],
    ["no task", { array: { offset: 0, ranges: "", count: 0 } }, "tasks of an array: expected an integer from 1"],
    ["nothing at once", { concurrent: 0 }, "tasks at once: expected an integer from 1 to 1000000, got 0"],
    [
      "a late signal",
      { signalSeconds: 70_000 },
      "seconds from signal to time limit: expected an integer from 1 to 65535",
    ],
    [
      "set-up of two lines",
      { setUp: ["module load a\nrm b"] },
      'set-up line: expected one line, got "module load a\\nrm b"',
    ],
    [
      "a job id with more",
      { dependency: ["41 --wrap=id"] },
      'job id: expected a number as sbatch prints it, got "41 --wrap',
    ],
    [
      "a value of two lines",
      { options: [{ name: "mem", value: "1G\n#SBATCH" }] },
      "--mem: expected a value on one line",
    ],
    ["an option of its own", { options: [{ name: "array", value: "0" }] }, "got array, which the job script sets"],
    ["a name that is none", { options: [{ name: "mem=1G -x", value: null }] }, "expected a long name and a value"],
    ["a null character", { workOptions: ["a\0b"] }, "word of a command: expected no null character"],
  ])("%s", (_, part, message) => {
    const script = () => slurmScript({ ...plain, ...part });
    expect(script).toThrow(message);
    expect(script).toThrow(expect.objectContaining({ name: "ClusterError", code: "E_JOB_INVALID" }));
  });
});

test.each([
  ["mem=16G", { name: "mem", value: "16G" }],
  ["--gres=gpu:a100:1", { name: "gres", value: "gpu:a100:1" }],
  ["exclusive", { name: "exclusive", value: null }],
  ["comment=a=b c", { name: "comment", value: "a=b c" }],
])("%j is an option of sbatch", (text, option) => expect(parseSbatchOption(text)).toEqual(option));

test.each(["", "-p", "Mem=1", "mem =1", "array=0-3", "wrap=id", "mem=1\n2"])("%j is no option for a job", (text) => {
  expect(() => parseSbatchOption(text)).toThrow(expect.objectContaining({ code: "E_JOB_INVALID" }));
});
