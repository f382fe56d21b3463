import { expect, test } from "vitest";
import { asStarted, startedAs } from "../src/started-as.js";

const byNpx = {
  npm_lifecycle_event: "bench",
  npm_execpath: "/home/someone/.npm/_npx/9c7067c5737e830f/node_modules/pnpm/pnpm",
  npm_config_user_agent: "pnpm/12.21.0 npm/? node/? linux x64",
};

test.each([
  ["pnpm bench", { npm_lifecycle_event: "bench", npm_execpath: "/usr/lib/node_modules/pnpm/bin/pnpm.cjs" }, "main.js"],
  ["npx -y pnpm@12 bench", byNpx, "main.js"],
  ["petl-bench", {}, "/usr/local/bin/petl-bench"],
  ["npx petl-bench", { npm_lifecycle_event: "npx" }, "/home/someone/project/node_modules/.bin/petl-bench"],
  ["pnpm bench", {}, "/a/checkout/packages/harness/cli/dist/main.js"],
])("%s is named as it was started", (command, env, program) => {
  expect(startedAs(env, program)).toBe(command);
});

test("hints name every pnpm command as the user can start it", () => {
  const hint = "run pnpm setup:node-gpu, or pnpm setup:node-gpu --cpu; then pnpm bench doctor";
  expect(asStarted(hint, "npx -y pnpm@12 bench")).toBe(
    "run npx -y pnpm@12 setup:node-gpu, or npx -y pnpm@12 setup:node-gpu --cpu; then npx -y pnpm@12 bench doctor",
  );
  expect(asStarted(hint, "pnpm bench")).toBe(hint);
  expect(asStarted("see petl-bench, pnpm bench list", "petl-bench")).toBe("see petl-bench, petl-bench list");
});
