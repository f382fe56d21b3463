import { glue, type Row } from "./row.js";

const row = (args: readonly string[], files: Row["files"] = {}): Row => ({
  ...{ kind: "command", title: `bench ${args.join(" ")}`.slice(0, 100), args, files },
});

const saved = (changes: object): string =>
  JSON.stringify({
    version: 1,
    method: { packageName: "@petl/method-bitfit", module: "@petl/method-bitfit", config: {} },
    backbone: { reference: "t5-tiny-random", seed: 0, sha256: null },
    ...{ task: "sst2", textFormat: "t5", directory: "./glue", evalLimit: null, settings: {} },
    ...changes,
  });

export const commandRows: readonly Row[] = [
  ...["eval", "export", "submit", "report"].flatMap((command) => [
    row([command]),
    row([command, "nowhere"]),
    row([command, "notes.txt"]),
    row([command, "glue"]),
    row([command, "glue", "--nope"]),
    row([command, ""]),
    row([command, "a\nb"]),
  ]),
  ...[
    "",
    "{",
    "null",
    "[]",
    "{}",
    "[".repeat(50_000),
    saved({ version: 2 }),
    saved({ task: 5 }),
    saved({ method: {} }),
  ].flatMap((text) => ["eval", "export"].map((command) => row([command, "model"], { "model/method.json": text }))),
  ...["eval", "export"].map((command) => row([command, "model"], { "model/method.json": saved({ task: "nope" }) })),
  ...["nope", "", "constructor", "__proto__"].map((layout) =>
    row(["export", "model", `--layout=${layout}`], { "model/method.json": saved({}) }),
  ),
  ...[
    "--batch-size",
    "--max-length",
    "--max-target-length",
    "--rows",
    "--epochs",
    "--price-per-hour",
    "--efficiency",
  ].flatMap((flag) => ["x", "-1", "", "NaN"].map((value) => row(["plan", `${flag}=${value}`]))),
  ...[
    "--gpus=nope",
    "--gpus=",
    "--precision=f8",
    "--device-memory=5",
    "--device-memory=x",
    "--backbone=nope",
    "--methods=nope",
  ].map((flag) => row(["plan", flag])),
  ...["x", "T4", "T4:f32", "T4:f32=x", "T4:f32=-1", "T4:nope=1", ":f32=1"].map((peaks) =>
    row(["plan", `--peaks=${peaks}`]),
  ),
  ...["nowhere", "glue", "notes.txt"].map((directory) => row(["plan", "--calibrate", directory])),
  row(["plan", "--max-length", "100000000"]),
  ...["nowhere", "notes.txt", "glue", "", "a\nb", "t5-tiny-random"].map((name) =>
    row(["quantise", name, "--dtype=nf4"]),
  ),
  ...["int8", "", "f32", "constructor", "q4_k", "q5_0", "Q8_0"].map((dtype) =>
    row(["quantise", "glue", `--dtype=${dtype}`]),
  ),
  ...["--gpu=x", "--period=0", "--period=x", "--idle=-1", "--idle=x"].map((flag) =>
    row(["measure", flag, "--", "true"]),
  ),
  row(["measure"]),
  ...["", "nope", "GLUE", "__proto__", "constructor", "--help-me", "-Z"].map((name) => row([name])),
  ...["list", "doctor"].flatMap((command) => [row([command, "extra"]), row([command, "--nope"])]),
  ...["notes.txt", "notes.txt/out", "/proc/petl", "/dev/null/out"].map((out) => row(glue(`--out=${out}`))),
  row(glue("--suite", "notes.txt")),
  row(glue("--preset", "quick", "--suite", "mine.json")),
];

export const environmentRows: readonly Row[] = ["notes.txt", "notes.txt/cache", "/dev/null", "/proc/petl"].map(
  (cache) => ({
    kind: "environment",
    title: `PETL_CACHE=${cache}`,
    args: glue("--data", "auto"),
    env: { PETL_CACHE: cache, https_proxy: "http://127.0.0.1:9", HF_HUB_OFFLINE: "1" },
  }),
);
