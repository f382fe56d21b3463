import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { logFolder, slurmScript } from "../../src/index.js";
import { temporaryFolder } from "../stand-in.js";

/** Each would leave a file `ran` behind if a shell saw it bare. */
const names = [
  "with  two spaces",
  "single ' quote '; touch ran; '",
  'double " quote"; touch ran; "',
  "$(touch ran)",
  "`touch ran`",
  "$HOME $PATH $((1+1))",
  "; touch ran;",
  "a & touch ran | tee ran > ran",
  "new\nline\ntouch ran\n",
  "#SBATCH\n#SBATCH --wrap=id\n#PBS -N x",
  "tab\tbell\u0007 delete\u007f next\u0085",
  "back\\slash\\'",
  "glob * ? [a] {b,c} ~ !!",
  "per%cent %A %% 100%",
  "ünïcödé 漢字 🙂",
  "-leading dash",
  "--run",
  "\u0001234",
];

const program = "process.stdout.write(JSON.stringify(process.argv.slice(2)))";

test.each(names)("%j reaches the bench as it is, and no shell acts on it", (name) => {
  const folder = temporaryFolder();
  const place = join(folder, name);
  mkdirSync(logFolder(place), { recursive: true });
  const main = join(place, "main.cjs");
  writeFileSync(main, program);
  const script = slurmScript({
    name,
    out: place,
    file: join(place, "job.sh"),
    command: [process.execPath, main, name],
    workOptions: [name, ""],
    array: { offset: 1001, ranges: "6", count: 1 },
  });
  const { printed, error } = runScript(folder, script, logFolder(place));
  expect(error).toBe("");
  expect(JSON.parse(printed)).toEqual([name, "work", place, "--run", "1007", name, ""]);
  expect(existsSync(join(folder, "ran"))).toBe(false);
  expect(readdirSync(folder)).toEqual([name]);
});

test.each(names)("in a script of %j, sbatch finds no directives but the first ones", (name) => {
  const array = { offset: 0, ranges: "0", count: 1 };
  const lines = slurmScript({ name, out: `/${name}`, file: `/${name}`, command: ["node", name], array }).split("\n");
  const directives = lines.filter((line) => /^#(SBATCH|SLURM|PBS|BSUB)/.test(line));
  expect(directives.map((line) => line.split("=")[0])).toEqual(
    ["job-name", "array", "output", "open-mode", "requeue", "signal"].map((option) => `#SBATCH --${option}`),
  );
});

test("an index without an offset is passed as it is, and a failed set-up line ends the task", () => {
  const folder = temporaryFolder();
  const main = join(folder, "main.cjs");
  writeFileSync(main, program);
  const job = { name: "x", out: folder, file: "x.sh", command: [process.execPath, main] as const };
  const array = { offset: 0, ranges: "6", count: 1 };
  const script = slurmScript({ ...job, array, setUp: ['echo "set-up $unset" >&2'] });
  expect(runScript(folder, script, folder)).toEqual({
    printed: JSON.stringify(["work", folder, "--run", "6"]),
    error: "set-up \n",
    status: 0,
  });
  expect(runScript(folder, slurmScript({ ...job, array, setUp: ["false"] }), folder)).toEqual({
    printed: "",
    error: "",
    status: 1,
  });
});

/** Runs the script as a task of Slurm; what it printed, from the log of its own where it writes one. */
function runScript(folder: string, script: string, logs: string) {
  const { stdout, stderr, status } = spawnSync("/bin/bash", ["-c", script], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, SLURM_ARRAY_JOB_ID: "41", SLURM_ARRAY_TASK_ID: "6" },
  });
  const log = join(logs, "41_6.log");
  return { printed: existsSync(log) ? readFileSync(log, "utf8") : stdout, error: stderr, status };
}
