import { readdirSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { platform } from "node:process";

/** Search paths of loaders that a process cannot change any more once it runs. */
const variables = ["LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH"] as const;

/**
 * A directory with shared libraries that the system's loader would search only because of where the user works; null if there is none.
 *
 * An empty entry of `LD_LIBRARY_PATH` is the working directory and a relative one starts there (ld.so(8)); the loaders of macOS and
 * Windows search the working directory anyway. The library and all it needs would be taken from there before the system's.
 */
export function plantedLibrary(env: NodeJS.ProcessEnv = process.env): string | null {
  const entries = variables.flatMap((name) => (env[name] ? env[name].split(/[:;]/) : []));
  const relative = entries.filter((entry) => !isAbsolute(entry));
  const searched = new Set((platform === "linux" ? relative : [...relative, ""]).map((entry) => resolve(entry)));
  return [...searched].find(holdsLibrary) ?? null;
}

/** Libraries, or the folders for special processors in which ld.so looks first. */
const looked = /\.(so|dylib|dll)(\.[\d.]+)?$|^(glibc-hwcaps|tls|haswell|x86_64|aarch64)$/i;

function holdsLibrary(directory: string): boolean {
  try {
    return readdirSync(directory).some((name) => looked.test(name));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code !== "ENOENT" && code !== "ENOTDIR"; // the loader may open what cannot be listed
  }
}
