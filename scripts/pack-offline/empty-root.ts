import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** SwiftShader's files as Debian's chromium has them. */
export const swiftShader = "/usr/lib/chromium/vk_swiftshader_icd.json";

/** Whether a command can be run here in a root of its own, with /proc in a mount namespace that ends with it. */
export const canChangeRoot = spawnSync("unshare", ["--mount", "/usr/sbin/chroot", "/", "true"]).status === 0;

const enter =
  'mount -t proc proc "$1/proc" && mount --bind /dev/null "$1/dev/null" && cd "$1" && exec /usr/sbin/chroot "$@"';

/** Makes `root` a file system with nothing but `/dev/null`, a shell and the libraries of glibc that it and the archive's programs name. */
export function fillEmptyRoot(root: string): void {
  for (const directory of ["bin", "dev", "proc", "tmp", "work"]) mkdirSync(join(root, directory), { recursive: true });
  writeFileSync(join(root, "dev/null"), ""); // the real one is mounted here
  cpSync("/bin/sh", join(root, "bin/sh"), { dereference: true });
  const files = readdirSync(join(root, "petl-bench"), { recursive: true }) as string[];
  const native = files
    .filter((file) => /(\.node|\.so[.\d]*|^node)$/.test(file))
    .map((file) => join("petl-bench", file));
  const libraries = ["bin/sh", ...native].flatMap((file) => librariesOf(join(root, file)));
  for (const library of new Set(libraries)) copyInto(root, library);
}

/** Adds a GPU that the CPU emulates. */
export function addSoftwareGpu(root: string): void {
  const library = join(dirname(swiftShader), "libvk_swiftshader.so");
  for (const file of [swiftShader, library, ...librariesOf(library)]) copyInto(root, file);
}

/** Runs a command in `root`, with `/work` as its directory and an environment of nothing but `more`. */
export function runInRoot(root: string, command: readonly string[], more: NodeJS.ProcessEnv = {}) {
  const inside = ["/bin/sh", "-c", 'cd /work && exec "$@"', "sh", ...command];
  return spawnSync("unshare", ["--mount", "/bin/sh", "-c", enter, "sh", root, ...inside], {
    env: { PATH: "/usr/bin:/bin", HOME: "/nobody", NO_COLOR: "1", ...more },
    encoding: "utf8",
    timeout: 900_000,
  });
}

/** Files that the dynamic loader would load, as far as they are there. */
function librariesOf(file: string): string[] {
  const { stdout } = spawnSync("ldd", [file], { encoding: "utf8" });
  return [...stdout.matchAll(/(?:=> |^\s*)(\/\S+)/gm)].map(([, path = ""]) => path);
}

function copyInto(root: string, file: string): void {
  mkdirSync(join(root, dirname(file)), { recursive: true });
  cpSync(file, join(root, file), { dereference: true });
}
