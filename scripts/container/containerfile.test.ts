import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const containerfile = fileURLToPath(new URL("Containerfile", import.meta.url));
const hasBuildah = spawnSync("buildah", ["--version"]).status === 0;
if (!hasBuildah) console.warn("skipped: the image is built where buildah is installed");

test("the image takes the archive that pack:offline writes and starts what is in it", () => {
  const recipe = readFileSync(containerfile, "utf8");
  const packer = readFileSync(new URL("../pack-offline.mjs", import.meta.url), "utf8");
  const archive = /^ARG ARCHIVE=(.+)\.tar\.gz$/m.exec(recipe)?.[1];
  expect(archive).toBe("petl-bench-linux-x64");
  expect(packer).toContain(`\`${archive}\${lean ? "-lean" : ""}\``);
  expect(packer).toContain('writeFileSync(join(bundle, "petl-bench"), launcher)');
  expect(recipe).toMatch(/^ENTRYPOINT \["\/opt\/petl-bench\/petl-bench"\]$/m);
});

test.skipIf(!hasBuildah)("buildah builds it from an archive, on an empty base", () => {
  const folder = mkdtempSync(join(tmpdir(), "petl-image-"));
  try {
    mkdirSync(join(folder, "petl-bench"));
    writeFileSync(join(folder, "petl-bench", "petl-bench"), "#!/bin/sh\n");
    execFileSync("tar", ["-C", folder, "-czf", join(folder, "petl-bench-linux-x64.tar.gz"), "petl-bench"]);
    const storage = ["--root", join(folder, "root"), "--runroot", join(folder, "run"), "--storage-driver", "vfs"];
    const buildah = (...parameters: string[]) =>
      execFileSync("buildah", [...storage, ...parameters], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
      }).trim();
    buildah(
      "build",
      "--isolation",
      "chroot",
      "--build-arg",
      "BASE=scratch",
      "-f",
      containerfile,
      "-t",
      "image",
      folder,
    );
    const container = buildah("from", "--pull-never", "image");
    expect(readFileSync(join(buildah("mount", container), "opt/petl-bench/petl-bench"), "utf8")).toBe("#!/bin/sh\n");
    expect(JSON.parse(buildah("inspect", "--type", "image", "image")).OCIv1.config).toMatchObject({
      Entrypoint: ["/opt/petl-bench/petl-bench"],
      WorkingDir: "/out",
      Env: expect.arrayContaining(["NVIDIA_DRIVER_CAPABILITIES=compute,graphics,utility"]),
    });
    buildah("umount", container);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
