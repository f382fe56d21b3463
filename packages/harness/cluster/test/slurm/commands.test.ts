import { describe, expect, test } from "vitest";
import { cancelJobs, maxArraySize, submit } from "../../src/index.js";
import { standIns } from "../stand-in.js";

describe("the bound of arrays", () => {
  test.each([
    ["MaxArraySize            = 40001", 40_001],
    ["MaxArraySize            = 0", 0],
    ["MaxArraySize            = 5000\nSchedulerParameters     = bf_max_job_test=100,max_array_tasks=1000", 1000],
  ])("is read from %j", async (config, value) => {
    standIns({ scontrol: `echo 'MaxJobCount = 7\n${config}\nMaxDBDMsgs = 9'` });
    expect(await maxArraySize()).toEqual({ value, reason: null });
  });

  test.each([
    ["echo nothing", "scontrol show config: no MaxArraySize"],
    [
      "echo 'slurm_load_ctl_conf error: Unable to contact slurm controller' >&2; exit 1",
      "Unable to contact slurm controller",
    ],
  ])("is Slurm's default with the reason where scontrol does %j", async (body, reason) => {
    standIns({ scontrol: body });
    expect(await maxArraySize()).toEqual({ value: 1001, reason: expect.stringContaining(reason) });
  });

  test("is Slurm's default where there is no scontrol", async () => {
    standIns({});
    expect(await maxArraySize()).toEqual({
      value: 1001,
      reason: "scontrol: not found; run this where Slurm's commands are",
    });
  });
});

describe("submitting", () => {
  test("returns the job id and ignores warnings", async () => {
    const { calls } = standIns({ sbatch: "echo 'sbatch: a warning' >&2; echo 41" });
    expect(await submit("/out/job.sh")).toBe("41");
    expect(calls()).toEqual(["sbatch --parsable /out/job.sh"]);
  });

  test("waits for the jobs before, and keeps the cluster's name", async () => {
    const { calls } = standIns({ sbatch: "echo '43;west'" });
    expect(await submit("/out/job.sh", { dependency: ["41;west", "42;west"] })).toBe("43;west");
    expect(calls()).toEqual(["sbatch --parsable --dependency=afterany:41:42 /out/job.sh"]);
  });

  test("says in one line what sbatch said", async () => {
    standIns({
      sbatch: "printf 'sbatch: error: invalid partition specified: x\\nsbatch: error: failed\\n' >&2; exit 1",
    });
    await expect(submit("/out/job.sh")).rejects.toMatchObject({
      name: "ClusterError",
      code: "E_COMMAND_FAILED",
      message: "sbatch: error: invalid partition specified: x sbatch: error: failed",
    });
  });

  test("says what to do where there is no sbatch", async () => {
    standIns({});
    await expect(submit("/out/job.sh")).rejects.toMatchObject({
      code: "E_COMMAND_MISSING",
      message: "sbatch: not found; run this where Slurm's commands are, or write the script with --dry-run",
    });
  });

  test("refuses an answer without a job id", async () => {
    standIns({ sbatch: "echo Submitted batch job 41" });
    await expect(submit("/out/job.sh")).rejects.toThrow("sbatch --parsable: expected a job id, got");
  });
});

test("jobs are cancelled by cluster, each once", async () => {
  const { calls } = standIns({ scancel: "" });
  await cancelJobs(["41", "42;west", "43", "41", "44;west"]);
  expect(calls()).toEqual(["scancel 41 43", "scancel --clusters=west 42 44"]);
  await cancelJobs([]);
  expect(calls()).toHaveLength(2);
});

test("what is no job id reaches no command", async () => {
  const { calls } = standIns({ scancel: "", sbatch: "echo 1" });
  await expect(cancelJobs(["41", "--user=root"])).rejects.toMatchObject({ code: "E_JOB_INVALID" });
  await expect(submit("/out/job.sh", { dependency: ["1,singleton"] })).rejects.toMatchObject({ code: "E_JOB_INVALID" });
  expect(calls()).toEqual([]);
});
