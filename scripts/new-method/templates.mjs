import { addressFields } from "../workspace.mjs";

const camelCase = (name) => name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
const pascalCase = (name) => camelCase(`-${name}`);
/** Indented JSON, with lists of plain text on one line as the formatter requires. */
const json = (value) => `${JSON.stringify(value, null, 2).replace(/\[\s+("[^"]*")\s+\]/g, "[$1]")}\n`;

/** Source, test and README, the same inside and outside the repository. */
export function shared(name) {
  return { "src/index.ts": source(name), [`test/${name}.test.ts`]: test(name), "README.md": readme(name) };
}

function source(name) {
  return `import { ConfigReader, defineMethod, type Hook } from "@petl/spec";
import { addBias, type Tensor, tf } from "@petl/tensor";

export interface ${pascalCase(name)}Config {
  /** Multiplies the suite's learning rate. */
  readonly learningRateScale: number;
}

/**
 * One sentence on what is added, and its formula: so far \`y = block(x) + b\`, with \`b\` (channels) zero at the start.
 *
 * Authors Year, section, address.
 */
export default defineMethod<${pascalCase(name)}Config>({
  specVersion: "v1",
  name: "${name}",
  paper: { title: "The paper this is from", url: "https://example.org/" },
  parse(input) {
    const fields = new ConfigReader("${name}", input);
    const config = { learningRateScale: fields.number("learningRateScale", 1, 0) };
    fields.done();
    return config;
  },
  attach(backbone, { learningRateScale }, _random) {
    const params: Record<string, Tensor> = {};
    const hooks = new Map<string, Hook>();
    for (const { name, width } of backbone.sites.filter(({ kind }) => kind === "block")) {
      const bias = \`\${name}.bias\`;
      params[bias] = tf.zeros([width[1]]); // (channels); random.fork(bias).normal([width[1]]) would be a random start
      hooks.set(name, ({ hidden, mask }, _input, context) => ({
        hidden: addBias(hidden, context.params[bias]!), // (batch, tokens, channels)
        mask,
      }));
    }
    return { params, unfrozen: [], hooks, optimizer: () => ({ learningRateScale }) };
  },
});
`;
}

function test(name) {
  return `import { testMethod } from "@petl/method-testkit";
import ${camelCase(name)} from "../src/index.js";

testMethod(${camelCase(name)});
`;
}

function readme(name) {
  return `# ${name}

One paragraph: what it adds to the backbone, and why.

\`y = block(x) + b\`

| setting             | default | what                                |
| ------------------- | ------- | ----------------------------------- |
| \`learningRateScale\` | 1       | multiplies the suite's learning rate |

Paper: authors, year, title, address.

Where we differ: how the paper differs from this implementation.

Measured: parameters and peak bytes, with the command that measures them.
`;
}

const exported = { ".": { source: "./src/index.ts", types: "./dist/index.d.ts", default: "./dist/index.js" } };

/** A package of this repository. */
export function inRepository(name) {
  const manifest = {
    name: `@petl/method-${name}`,
    version: "0.1.0",
    description: `One sentence on ${name}`,
    license: "Apache-2.0",
    ...addressFields(`packages/methods/${name}`),
    type: "module",
    engines: { node: ">=20.19" },
    exports: exported,
    files: ["dist"],
    petl: { level: 2 },
    scripts: { build: "tsc" },
    dependencies: { "@petl/spec": "workspace:*", "@petl/tensor": "workspace:*" },
    devDependencies: { "@petl/method-testkit": "workspace:*" },
  };
  return {
    "package.json": json(manifest),
    "tsconfig.json": json({ extends: "../../../tsconfig.base.json", include: ["src"] }),
  };
}

/** A package outside the repository, with published dependencies only. */
export function standAlone(name, { petl, typescript, vitest, node }) {
  const manifest = {
    name: `petl-method-${name}`,
    version: "0.1.0",
    description: `One sentence on ${name}`,
    type: "module",
    engines: { node: ">=20.19" },
    exports: { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" } },
    files: ["dist"],
    scripts: { build: "tsc", test: "tsc && vitest run" },
    dependencies: { "@petl/spec": petl, "@petl/tensor": petl },
    devDependencies: { "@petl/method-testkit": petl, "@types/node": node, typescript, vitest },
  };
  const compilerOptions = {
    target: "es2023",
    module: "nodenext",
    strict: true,
    skipLibCheck: true,
    declaration: true,
    rootDir: "src",
    outDir: "dist",
  };
  return {
    "package.json": json(manifest),
    "tsconfig.json": json({ compilerOptions, include: ["src"] }),
    ".gitignore": "dist\nnode_modules\n",
  };
}
