// Writes measured figures into the model card of @petl/backbone-mini: `pnpm mini:card PRETRAIN_DIR RECORDS_DIR...`.
// The records are those of the preset `transfer` with --backbone mini and mini-random.
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { readRecords } from "@petl/results";
import { lossCurve, trainingTables } from "./pages/pretraining.mjs";
import { transferPicture, transferTable } from "./pages/transfer.mjs";

const here = process.env.INIT_CWD ?? process.cwd();
const [pretrained, ...measured] = process.argv.slice(2).map((path) => resolve(here, path));
const card = new URL("../packages/families/backbone-mini/", import.meta.url);

const pretraining = JSON.parse(readFileSync(resolve(pretrained, "settings.json"), "utf8"));
const points = readFileSync(resolve(pretrained, "curve.jsonl"), "utf8").trim().split("\n").map(JSON.parse);
const sets = await Promise.all(measured.map((directory) => readRecords(directory)));
const records = sets.flatMap((set) => set.records).filter(({ status }) => status === "completed");

const readme = new URL("README.md", card);
const blocks = { training: trainingTables(pretraining, points), transfer: transferTable(records) };
writeFileSync(
  readme,
  readFileSync(readme, "utf8").replace(
    /(<!-- begin (\w+) -->)[\s\S]*?(<!-- end \2 -->)/g,
    (_, begin, name, end) => `${begin}\n\n${blocks[name]}\n\n${end}`,
  ),
);
writeFileSync(new URL("curve.svg", card), lossCurve(points));
writeFileSync(new URL("transfer.svg", card), transferPicture(records));
