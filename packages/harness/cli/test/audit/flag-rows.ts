import { glue, type Row } from "./row.js";

const whole = [
  "epochs",
  "steps",
  "batch-size",
  "eval-batch-size",
  "max-length",
  "max-target-length",
  "warmup-steps",
].concat(["eval-every", "patience", "limit", "eval-limit", "threads", "gpu"]);
const real = ["learning-rate", "weight-decay", "clip-norm", "dropout", "cool-down"];
const choices = ["schedule", "scoring", "text-format", "cache-activations", "cpu-kernels", "cache-budget", "seeds"];

const never = ["abc", "-1", "", "NaN", "1e999", "4x", "0x10", "null", "1,,2"];
const cases: readonly (readonly [readonly string[], readonly string[]])[] = [
  [whole, [...never, "1.5", "9007199254740993"]],
  [real, [...never, "Infinity"]],
  [choices, ["", "LINEAR!", "constructor", "__proto__", "a\nb", "\u001b[31m"]],
];

/** Settings that nothing accepts. */
const settings = cases.flatMap(([names, values]) =>
  names.flatMap((name) =>
    values
      .filter((value) => !isAccepted(name, value))
      .map((value): Row => {
        const args = name === "steps" ? withoutEpochs(glue(`--${name}=${value}`)) : glue(`--${name}=${value}`);
        return { kind: "flags", title: `--${name} ${JSON.stringify(value)}`, args };
      }),
  ),
);

/** A limit may be a list, and JavaScript's hexadecimal is a number. */
function isAccepted(name: string, value: string): boolean {
  return (name === "limit" && value === "1,,2") || (real.includes(name) && value === "0x10");
}

const names: Row[] = [
  ...["tasks", "methods", "backbone", "data", "device", "preset", "suite", "method"].flatMap((name) =>
    ["", "nothing-of-that-name", "__proto__", "../..\u0000", "a\nb", "\u001b[2J"].map(
      (value): Row => ({
        kind: "flags",
        title: `--${name} ${JSON.stringify(value)}`,
        args: glue(`--${name}=${value}`),
      }),
    ),
  ),
  ...[
    "lora:rank",
    "lora:",
    "lora:rank=",
    "lora:rank=-1",
    "lora:rank=1e9",
    "lora:nope=1",
    ":rank=1",
    "lora:rank=1=2",
  ].map((value): Row => ({ kind: "flags", title: `--method ${value}`, args: glue("--method", value) })),
  ...["--nope", "--save=1", "--dry-run=x", "--epochs", "-x", "extra", "--no-such"].map(
    (value): Row => ({ kind: "flags", title: `a stray ${value}`, args: glue(value) }),
  ),
];

function withoutEpochs(args: readonly string[]): string[] {
  const at = args.indexOf("--epochs");
  return args.filter((_, index) => index !== at && index !== at + 1);
}

export const flagRows: readonly Row[] = [...settings, ...names];
