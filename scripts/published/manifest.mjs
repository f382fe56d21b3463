import { programName, readWorkspace } from "../workspace.mjs";

/** What the names of packages that are found by name begin with. */
const foundByName = /^@petl\/(method|device|family|backbone|tasks)-/;

/**
 * The package.json that a tarball holds: without what only a checkout has (scripts, development dependencies and the export condition
 * `source`, whose files are not in the tarball), and with ranges of peers where the workspace has one version. That of the program also depends on every package of the workspace that is found by
 * name, but for those that stand apart (`petl.apart`), so that an installation finds what a checkout finds.
 *
 * @param {Record<string, any>} manifest as `pnpm pack` would write it
 * @param {string} root
 */
export function publishedManifest({ scripts, devDependencies, ...manifest }, root) {
  const exports = Object.fromEntries(
    Object.entries(manifest.exports ?? {}).map(([entry, conditions]) => [entry, withoutSource(conditions)]),
  );
  const dependencies =
    manifest.name === programName ? { ...manifest.dependencies, ...foundByNameIn(root) } : manifest.dependencies;
  const peers = Object.entries(manifest.peerDependencies ?? {}).map(([name, version]) => [name, `^${version}`]);
  return {
    ...manifest,
    exports,
    ...(dependencies && { dependencies: sorted(dependencies) }),
    ...(peers.length > 0 && { peerDependencies: Object.fromEntries(peers) }),
  };
}

function withoutSource(conditions) {
  if (typeof conditions === "string") return conditions;
  const { source, ...published } = conditions;
  return published;
}

/** Versions by name, exact: an installation is of one version. */
function foundByNameIn(root) {
  const found = readWorkspace(root).filter(({ manifest: { name, petl } }) => foundByName.test(name) && !petl?.apart);
  return Object.fromEntries(found.map(({ manifest: { name, version } }) => [name, version]));
}

const sorted = (record) => Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
