// A registry of npm on this machine, for tests: holds what is published to it and takes all else from the registry that npm is
// configured for. Prints its address once it listens, and ends with its standard input.
// node scripts/registry/serve.mjs FOLDER UPLINK
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { runServer } from "verdaccio";

const [folder, uplink] = process.argv.slice(2);
const own = { access: "$all", publish: "$all" };
mkdirSync(folder, { recursive: true });

const server = await runServer({
  self_path: folder,
  storage: join(folder, "storage"),
  auth: { htpasswd: { file: join(folder, "htpasswd"), max_users: -1 } },
  uplinks: { configured: { url: uplink, timeout: "60s", max_fails: 10 } },
  packages: { "@petl/*": own, "petl-*": own, "**": { access: "$all", proxy: "configured" } },
  max_body_size: "50mb",
  log: { type: "stderr", format: "pretty", level: "error" },
  web: { enable: false },
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/`));
process.stdin.on("end", () => process.exit()).resume();
