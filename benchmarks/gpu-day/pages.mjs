// The pages of a GPU day from its JSON files: report.md, report.html and pictures. As a part of the day, or at home:
// node benchmarks/gpu-day/pages.mjs DIR
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { plainPage, writeGenerated } from "@petl/report";
import { cacheSection } from "./pages/cache-section.mjs";
import { machineSection } from "./pages/machine-section.mjs";
import { missingSection } from "./pages/missing-section.mjs";
import { powerSection } from "./pages/power-section.mjs";
import { predictionsOf } from "./pages/predictions.mjs";
import { productsSection } from "./pages/products-section.mjs";
import { trainingSections } from "./pages/training-sections.mjs";

/** A part's file; null where it has none. */
function read(out, name) {
  const path = join(out, `${name}.json`);
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : null;
}

async function main(argument) {
  if (argument === undefined) {
    console.error("usage: pnpm gpu:pages DIR, the --out of a GPU day");
    return 2;
  }
  // as a part of the day it is given its request
  const out = argument.startsWith("{") ? JSON.parse(argument).out : resolve(process.env.INIT_CWD ?? ".", argument);
  const index = read(out, "index");
  if (index?.format !== "petl-gpu-day 1") {
    console.error(`${out}: expected the index.json of a GPU day, got none; name the folder that was its --out`);
    return 2;
  }
  const [doctor, power, products, training, cache] = ["doctor", "power", "products", "training", "cache"].map((name) =>
    read(out, name),
  );
  const predictions = await predictionsOf(training, products?.peaks ?? null);
  const page = {
    title: titleOf(index, training, products),
    parts: [
      ...machineSection({ index, doctor, training }),
      ...trainingSections(training, predictions),
      ...cacheSection(cache),
      ...productsSection(products),
      ...powerSection(power),
      ...missingSection({ index, training, products, cache }),
    ],
  };
  await writeGenerated(out, plainPage("report", page));
  console.log(join(out, "report.html"));
  return 0;
}

function titleOf({ isRehearsal }, training, products) {
  if (isRehearsal) return "Rehearsal of a GPU day: no figures of a GPU";
  return `A GPU day on ${training?.gpu?.name ?? products?.peaks?.name ?? "a GPU that nvidia-smi does not name"}`;
}

process.exit(await main(process.argv[2]));
