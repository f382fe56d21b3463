import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { createProgram } from "../src/program.js";
import { startBench, temporaryDirectory } from "./bench-command.js";

const shells = ["bash", "zsh", "fish"] as const;
type Shell = (typeof shells)[number];
const scripts = new Map<Shell, string>();

beforeAll(async () => {
  for (const shell of shells) {
    const { exitCode, stdout, stderr } = await startBench(["completion", shell], process.cwd());
    expect([exitCode, stderr]).toEqual([0, ""]);
    scripts.set(shell, stdout);
  }
});

function isInstalled(shell: Shell): boolean {
  const isThere = spawnSync(shell, ["--version"]).status === 0;
  if (!isThere) console.warn(`skipped: completion is tried in ${shell} where that is installed`);
  return isThere;
}

/** A folder with the shell's program, a folder and a file. */
function workplace(shell: Shell): string {
  const folder = temporaryDirectory();
  writeFileSync(join(folder, "completion"), scripts.get(shell)!);
  mkdirSync(join(folder, "my data"));
  writeFileSync(join(folder, "my suite.mjs"), "");
  return folder;
}

const callFunction = `COMP_WORDS=("$@"); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _petl_bench; printf '%s\\n' "\${COMPREPLY[@]}"`;

/** What a shell offers for the last of the words. */
const ask = {
  bash: (words: readonly string[]) => lines("bash", ["-c", `source ./completion; ${callFunction}`, "bash", ...words]),
  fish: (words: readonly string[]) =>
    lines("fish", ["--no-config", "-c", "source ./completion; complete -C $argv[1]", words.join(" ")]).map(
      (line) => line.split("\t")[0]!,
    ),
};

function lines(shell: Shell, parameters: readonly string[]): string[] {
  const options = { cwd: workplace(shell), encoding: "utf8" } as const;
  return execFileSync(shell, parameters, options).split("\n").filter(Boolean);
}

describe.each(["bash", "fish"] as const)("%s", (shell) => {
  const isThere = isInstalled(shell);
  const offers = (...words: string[]): string[] => ask[shell](["petl-bench", ...words]);

  test.runIf(isThere)("completes every command that --help shows, and what begins like one", () => {
    const commands = createProgram(() => {}).commands.map((command) => command.name());
    expect(offers("")).toEqual(expect.arrayContaining(commands));
    expect(offers("qua")).toEqual(expect.arrayContaining(["quantise"]));
    expect(offers("rep")).toEqual(["report"]);
  });

  test.runIf(isThere)("completes every flag of a command, and not those of another", () => {
    const glue = createProgram(() => {}).commands.find((command) => command.name() === "glue")!;
    const flags = glue.options.map(({ long }) => long!);
    expect(flags.length).toBeGreaterThan(50);
    expect(offers("glue", "--")).toEqual(expect.arrayContaining(flags));
    expect(offers("glue", "--lab")).toEqual(["--label-smoothing"]);
    expect(offers("list", "--lab")).toEqual([]);
  });

  test.runIf(isThere)("completes choices, names and words of settings", () => {
    expect(offers("plan", "--precision", "").sort()).toEqual(["f16", "f32", "f32x3", "tf32"]); // fish sorts what it offers
    expect(offers("glue", "--protocol", "t")).toEqual(["tuned"]);
    expect(offers("glue", "--device", "").sort()).toEqual(expect.arrayContaining(["auto", "cpu", "plan"]));
    expect(offers("run", "--preset", "low")).toEqual(["low-data"]);
    expect(offers("glue", "--backbone", "min")).toEqual(expect.arrayContaining(["mini", "minilm-l6-random"]));
    expect(offers("completion", "f")).toEqual(["fish"]);
  });

  test.runIf(isThere)("goes on in a list", () => {
    expect(offers("glue", "--methods", "bit")).toEqual(["bitfit"]);
    expect(offers("glue", "--methods", "read,bit")).toEqual(["read,bitfit"]);
    expect(offers("glue", "--tasks", "sst2,superglue/bo")).toEqual(["sst2,superglue/boolq"]);
  });

  test.runIf(isThere)("completes files and folders where a flag takes them", () => {
    const path = (text: string): string => text.replace(/\/$/, "").replaceAll("\\", "");
    expect(offers("glue", "--suite", "m").map(path)).toEqual(expect.arrayContaining(["my suite.mjs"]));
    expect(offers("glue", "--data", "m").map(path)).toEqual(expect.arrayContaining(["my data"]));
    expect(offers("report", "my").map(path)).toEqual(expect.arrayContaining(["my data"]));
  });
});

/** Types each line into an interactive zsh, then Tab, and writes what the line is then. */
const typeIntoZsh = String.raw`
zmodload zsh/zpty
zpty typed zsh -f -i
zpty -w typed "autoload -Uz compinit && compinit -u -D && source ./completion; bindkey -e
show() { print -r -- \"\$BUFFER\" >> shown; BUFFER=; touch shown-\$((++count)) }; zle -N show; bindkey '^X' show; touch ready"
wait_for() { repeat 600; do [[ -e $1 ]] && return; sleep 0.1; done; print "no $1" >&2; exit 1 }
wait_for ready
number=0
for line in "$@"; do
  zpty -w -n typed "$line"$'\t\x18'
  wait_for shown-$((++number))
done
zpty -d typed`;

test.runIf(isInstalled("zsh"))("zsh completes as bash does", () => {
  const expected = {
    "petl-bench rep": "petl-bench report",
    "petl-bench glue --lab": "petl-bench glue --label-smoothing",
    "petl-bench glue --protocol t": "petl-bench glue --protocol tuned",
    "petl-bench glue --methods read,lor": "petl-bench glue --methods read,lora",
    "petl-bench glue --suite compl": "petl-bench glue --suite completion",
    "petl-bench completion f": "petl-bench completion fish",
  };
  const folder = workplace("zsh");
  const { status, stderr } = spawnSync("zsh", ["-f", "-c", typeIntoZsh, "zsh", ...Object.keys(expected)], {
    cwd: folder,
    encoding: "utf8",
  });
  expect(status, stderr).toBe(0);
  const shown = readFileSync(join(folder, "shown"), "utf8").trimEnd().split("\n");
  expect(shown.map((line) => line.trimEnd())).toEqual(Object.values(expected));
});

test("another shell is refused in one line", async () => {
  const { exitCode, stderr } = await startBench(["completion", "tcsh"], process.cwd());
  expect([exitCode, stderr.split("\n").length]).toEqual([2, 1]);
  expect(stderr).toContain("Allowed choices are bash, zsh, fish");
});
