import { namesOf } from "@petl/backbone";
import {
  listBackbonePackages,
  listCollections,
  listDevices,
  listFamilies,
  listMethods,
  type Places,
} from "@petl/bench";
import { allTasks } from "@petl/glue";
import { presets } from "@petl/presets";
import { methodSettings } from "./method-settings.js";

/** What can be named on the command line, as `bench list --json` prints it. */
export type Everything = Awaited<ReturnType<typeof everything>>;

/** Looks for all that is in reach. */
export async function everything(places: Places) {
  const [methods, devices, families, packaged, collections] = await Promise.all([
    listMethods(places),
    listDevices(places),
    listFamilies(places),
    listBackbonePackages(places),
    listCollections(places),
  ]);
  return {
    methods: methods.map(({ definition: method, packageName }) => ({
      name: method.name,
      package: packageName,
      paper: method.paper,
      ...methodSettings(method),
    })),
    tasks: allTasks.map(({ name, title, metrics, splits }) => ({
      ...{ name, title, metrics },
      trainable: splits.train !== undefined,
    })),
    collections: collections.map(({ name: collection, title, tasks }) => ({
      ...{ name: collection, title },
      tasks: tasks.map(({ name, title = name, metrics = null, kind = null }) => ({ name, title, metrics, kind })),
    })),
    families: families.map(({ packageName, definition: { name, modelTypes, models, scorings, geometries } }) => ({
      ...{ name, package: packageName, modelTypes, models },
      scorings: scorings.map(({ scoring }) => scoring),
      geometries: Object.keys(geometries),
    })),
    backbones: [
      ...packaged.map(({ backbone: { name, description }, family }) => ({
        ...{ name, description },
        family: family.definition.name,
      })),
      ...families.flatMap(({ definition }) =>
        namesOf(definition).map((name) => ({ name, description: "", family: definition.name })),
      ),
    ],
    presets: Object.entries(presets).map(([name, { description = "" }]) => ({ name, description })),
    devices: devices.map(({ name, usable, reason }) => ({ name, usable, reason })),
  };
}
