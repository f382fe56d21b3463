import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { publishAll } from "../published/publish.mjs";

/** A registry on this machine with every package of the workspace in it. */
export interface Registry {
  readonly url: string;
  /** A user's machine that has never seen npm: an empty home, an empty cache, and this registry. */
  newUser(): User;
  /** Another such user with the Node.js of a folder, and with what npm has downloaded for `neighbour`. */
  newUserBeside(neighbour: User, nodeFolder: string): User;
  stop(): Promise<void>;
}

export interface User {
  /** The user's empty folder. */
  readonly folder: string;
  /** All variables that the user's programs get. */
  readonly env: NodeJS.ProcessEnv;
}

/** Starts the registry and publishes to it. */
export async function startRegistry(): Promise<Registry> {
  const folder = mkdtempSync(join(tmpdir(), "petl-registry-"));
  const uplink = execFileSync("npm", ["config", "get", "registry"], { encoding: "utf8", cwd: folder }).trim();
  const program = fileURLToPath(new URL("serve.mjs", import.meta.url));
  const server = spawn(process.execPath, [program, join(folder, "registry"), uplink], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const stop = async (): Promise<void> => {
    server.kill();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const [line] = (await Promise.race([
      once(server.stdout, "data"),
      once(server, "exit").then(([code]) => {
        throw new Error(`registry: expected it to listen, got exit code ${code}; see its messages above`);
      }),
    ])) as [Buffer];
    const url = line.toString().trim();
    const npmrc = join(folder, "npmrc");
    writeFileSync(npmrc, `registry=${url}\n${url.replace(/^http:/, "")}:_authToken=anonymous\n`);
    publishAll({ registry: url, env: { NPM_CONFIG_USERCONFIG: npmrc }, parameters: ["--no-git-checks"] });
    let users = 0;
    const newUser = (): User => userAt(join(folder, `user-${++users}`), npmrc);
    return { url, stop, newUser, newUserBeside: (...given) => withNodeAndDownloads(newUser(), ...given) };
  } catch (error) {
    await stop();
    throw error;
  }
}

function userAt(home: string, npmrc: string): User {
  const folder = join(home, "empty");
  mkdirSync(folder, { recursive: true });
  const { PATH, NODE_EXTRA_CA_CERTS } = process.env;
  const npm = {
    NPM_CONFIG_USERCONFIG: npmrc,
    NPM_CONFIG_CACHE: join(home, ".npm"),
    NPM_CONFIG_UPDATE_NOTIFIER: "false",
  };
  return { folder, env: { PATH, NODE_EXTRA_CA_CERTS, HOME: home, NO_COLOR: "1", ...npm } };
}

function withNodeAndDownloads({ folder, env }: User, neighbour: User, nodeFolder: string): User {
  const [own, theirs] = [env, neighbour.env].map(({ NPM_CONFIG_CACHE }) => join(NPM_CONFIG_CACHE!, "_cacache"));
  mkdirSync(env.NPM_CONFIG_CACHE!);
  symlinkSync(theirs!, own!);
  return { folder, env: { ...env, PATH: `${nodeFolder}${delimiter}${env.PATH}`, NPM_CONFIG_PREFER_OFFLINE: "true" } };
}
