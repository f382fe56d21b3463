import { Job } from "kubernetes-models/batch/v1";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { type KubernetesJobOptions, kubernetesJob } from "../../src/index.js";

const cpu: KubernetesJobOptions = {
  name: "ranks",
  image: "petl-bench:0.1.0",
  completions: 12,
  parallelism: 4,
  outClaim: "ranks-out",
};

const gpu: KubernetesJobOptions = {
  ...cpu,
  name: "Ranks, large (1/2)",
  command: ["node", "/app/main.js"],
  data: { claim: "glue", path: "/data" },
  list: "/out/jobs/missing.txt",
  gpus: 1,
  memory: "32Gi",
  cpu: "8",
  environment: { PETL_CACHE: "/out/cache" },
  user: 1000,
  retries: 4,
  maxFailed: 3,
  graceSeconds: 300,
};

const hostile: KubernetesJobOptions = {
  ...cpu,
  name: "yes: &a *b !!c\n# d",
  image: "on",
  command: ["$(id)", "a: b", "- c", "'\"`", "two\nlines", "007"],
  list: "/out/$(HOME)/$$/null",
  environment: { A: "$(B)", C: "true" },
};

test.each([
  ["kubernetes-cpu", cpu],
  ["kubernetes-gpu", gpu],
])("the manifest %s is as it was", async (name, options) => {
  await expect(kubernetesJob(options)).toMatchFileSnapshot(`../golden/${name}.yaml`);
});

test.each([
  ["cpu", cpu],
  ["gpu", gpu],
  ["hostile", hostile],
])("the manifest of %s is a batch/v1 Job by the published schema", (_, options) => {
  expect(() => new Job(parse(kubernetesJob(options))).validate()).not.toThrow();
});

test("the schema refuses a manifest with a wrong value", () => {
  const job = parse(kubernetesJob(cpu));
  job.spec.completionMode = "Sorted";
  expect(() => new Job(job).validate()).toThrow("completionMode");
});

describe("a word that means something to YAML or Kubernetes", () => {
  const { metadata, spec } = parse(kubernetesJob(hostile));
  const [container] = spec.template.spec.containers;

  test("stays the word it is", () => {
    expect(container.image).toBe("on");
    expect(container.command).toEqual(["$$(id)", "a: b", "- c", "'\"`", "two\nlines", "007"]);
    expect(container.env).toEqual([
      { name: "A", value: "$$(B)" },
      { name: "C", value: "true" },
    ]);
  });

  test("is not expanded, except the index", () => {
    expect(container.args).toEqual([
      "work",
      "/out",
      "--run",
      "$(JOB_COMPLETION_INDEX)",
      "--list",
      "/out/$$(HOME)/$$$$/null",
      "--wait",
    ]);
  });

  test("leaves no mark on the Job's name", () => expect(metadata.name).toMatch(/^yes-a-b-c-d-[0-9a-f]{8}$/));
});

test("a Job has no more pods at once than runs", () => {
  expect(parse(kubernetesJob({ ...cpu, completions: 3, parallelism: 100 })).spec.parallelism).toBe(3);
});

test("a Job's name leaves room for the index in a pod's host name", () => {
  const { name } = parse(kubernetesJob({ ...cpu, name: "x".repeat(100), completions: 10_000 })).metadata;
  expect(`${name}-9999`).toHaveLength(63);
});

test.each<[Partial<KubernetesJobOptions>, string]>([
  [{ completions: 0 }, "runs of a Job: expected an integer from 1 to 100000, got 0"],
  [{ parallelism: 20_000 }, "pods at once: expected an integer from 1 to 10000, got 20000"],
  [{ gpus: 0.5 }, "GPUs of a pod: expected an integer from 1"],
  [{ retries: -1 }, "retries of a run: expected an integer from 0"],
  [{ maxFailed: 13 }, "failed runs that end the Job: expected an integer from 0 to 12, got 13"],
  [{ user: 0 }, "user id: expected an integer from 1"],
  [{ list: "missing.txt" }, 'path in the container: expected an absolute one, got "missing.txt"'],
  [{ data: { claim: "glue", path: "data" } }, "path in the container: expected an absolute one"],
])("%j is refused", (part, message) => {
  expect(() => kubernetesJob({ ...cpu, ...part })).toThrow(message);
  expect(() => kubernetesJob({ ...cpu, ...part })).toThrow(expect.objectContaining({ code: "E_JOB_INVALID" }));
});
