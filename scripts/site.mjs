// The documentation as a site: pnpm site:build [OUT] writes it, pnpm site shows it and every change to a page.
import { join, resolve } from "node:path";
import { writeApiPages } from "./api-pages/write.mjs";
import { buildSite, serveSite } from "./site/site.mjs";
import { repositoryRoot } from "./workspace.mjs";

const [command, out = join(repositoryRoot, "scripts", "site", "dist")] = process.argv.slice(2);
const commands = { build: () => buildSite(resolve(process.env.INIT_CWD ?? "", out)), serve: () => serveSite() };

async function main() {
  if (!Object.hasOwn(commands, command ?? ""))
    throw new Error(`expected ${Object.keys(commands).join(" or ")}, got ${command}`);
  const errors = await writeApiPages(join(repositoryRoot, "docs", "api"));
  if (errors.length > 0) throw new Error(errors.join("\n"));
  console.log(await commands[command]());
}

main().catch(({ message }) => {
  console.error(`site: ${message}`);
  process.exit(1);
});
