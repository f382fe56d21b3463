// Writes API pages of `spec`, `tensor` and `trainer` as Markdown: pnpm docs:api [OUT]
import { join, relative, resolve } from "node:path";
import { writeApiPages } from "./api-pages/write.mjs";
import { repositoryRoot } from "./workspace.mjs";

const out = resolve(process.argv[2] ?? join(repositoryRoot, "docs", "api"));
const errors = await writeApiPages(out);
for (const error of errors) console.error(`docs:api: ${error}`);
if (errors.length === 0) console.log(`wrote ${relative(process.cwd(), join(out, "README.md"))}`);
process.exitCode = errors.length > 0 ? 1 : 0;
