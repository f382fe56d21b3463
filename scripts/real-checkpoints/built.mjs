// The built packages of this checkout, for scripts that stand outside them.

/** The main module of `packages/FOLDER`, after `pnpm build`. */
export async function built(folder) {
  try {
    return await import(new URL(`../../packages/${folder}/dist/index.js`, import.meta.url));
  } catch (cause) {
    throw new Error(`packages/${folder}: expected it to be built; run npx -y pnpm@12 build`, { cause });
  }
}
