import { ConfigReader, type PetlMethod } from "@petl/spec";
import { linear, overwrite, type Tensor, tf } from "@petl/tensor";
import { testMethod } from "../src/index.js";

/** The parts of the contract that few methods have, each in the least method that has it. */
const method = (name: string, attach: PetlMethod<object>["attach"]): PetlMethod<object> => ({
  specVersion: "v1",
  name,
  paper: { title: "None", url: "https://example.org" },
  parse(input) {
    new ConfigReader(name, input).done();
    return {};
  },
  attach,
});

/** `W (x + U D x)`: the factor D is drawn and stays; U, (input, 2), starts at zero. Its gradient is seen halved. */
const turned = method("turned-input", ({ sites, readoutSites }, _, random) => {
  const linears = sites.filter(({ name, kind }) => kind === "linear" && !readoutSites.includes(name));
  const params = Object.fromEntries(
    linears.flatMap(({ name, width: [input] }): [string, Tensor][] => [
      [`${name}.down`, random.fork(name).normal([2, input], 0, 0.5)],
      [`${name}.up`, tf.zeros([input, 2])],
    ]),
  );
  return {
    params,
    frozen: linears.map(({ name }) => `${name}.down`),
    unfrozen: [],
    hooks: new Map(),
    inputHooks: new Map(
      linears.map(({ name }) => [
        name,
        ({ hidden, mask }, { params }) => {
          const inner = linear(hidden, params[`${name}.down`]!);
          return { hidden: tf.add(hidden, linear(inner, params[`${name}.up`]!)), mask };
        },
      ]),
    ),
    optimizer: (param) => ({
      projection: {
        shape: [2, params[param]!.shape[0]!],
        state: { count: [] },
        project(gradient, { count }) {
          overwrite(count!, tf.add(count!, 1));
          return tf.mul(tf.transpose(gradient), 0.5);
        },
        back: (move) => tf.transpose(move),
      },
    }),
  };
});

/** Adds what it makes of the embedded input to the state that enters the last block. */
const earlier = method("earlier-state", ({ kind, sites }) => {
  const stack = kind === "encoder" ? "encoder." : "decoder.";
  const inStack = sites.filter(({ name }) => name.startsWith(stack));
  const entered = inStack.filter(({ kind }) => kind === "block").at(-2)!;
  const read = inStack.find(({ kind }) => kind === "embedding")!;
  return {
    params: { mix: tf.zeros([entered.width[1], read.width[1]]) },
    unfrozen: [],
    reads: [read.name],
    hooks: new Map([
      [
        entered.name,
        ({ hidden, mask }, _, { params, recorded }) => ({
          hidden: tf.add(hidden, linear(recorded.get(read.name)!.hidden, params.mix!)),
          mask,
        }),
      ],
    ]),
  };
});

/** Trains the norms of one block after the other, two updates each, and the embedding always. */
const inTurn = method("in-turn", ({ sites }) => {
  const table = sites.find(({ kind }) => kind === "embedding")!.params;
  const blocks = [...new Set(sites.filter(({ layer }) => layer >= 0).map(({ name }) => name.split(".", 2).join(".")))];
  const normsOf = (block: string): string[] =>
    sites.flatMap(({ name, kind, params }) => (kind === "norm" && name.startsWith(`${block}.`) ? params : []));
  return {
    params: {},
    unfrozen: [...table, ...blocks.flatMap(normsOf)],
    hooks: new Map(),
    trainedIn: (update) => [...table, ...normsOf(blocks[Math.floor((update - 1) / 2) % blocks.length]!)],
  };
});

testMethod(turned);
testMethod(earlier);
testMethod(inTurn);
