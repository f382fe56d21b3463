import { publishedManifest } from "./scripts/published/manifest.mjs";

// pnpm calls this when it packs or publishes a package.
export const hooks = { beforePacking: (manifest) => publishedManifest(manifest, import.meta.dirname) };
