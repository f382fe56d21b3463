// The side bar: what docs/README.md lists, then every package, every decision and the API, each by its own list.
import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { readWorkspace } from "../workspace.mjs";
import { addressOf } from "./pages.mjs";

/** Rooms in the order in which a reader asks for them; a room that is not named here follows. */
const firstRooms = ["methods", "families", "tasks", "devices"];

/** The groups of VitePress's side bar. @param {string} root of the repository */
export function sidebarOf(root) {
  const item = (path, text) => ({ text, link: addressOf(root, path) });
  const listed = (path) => groupsOf(readFileSync(join(root, path), "utf8"));
  const guides = listed("docs/README.md").map(({ heading, links }) => ({
    text: heading,
    items: links.map(({ text, link }) => item(posix.join("docs", link), text)),
  }));
  const decisions = listed("docs/decisions/README.md").flatMap(({ links }) => links);
  const api = listed("docs/api/README.md").flatMap(({ links }) => links);
  return [
    ...guides,
    ...roomsOf(root).map(({ room, packages }) => ({
      text: `Packages: ${room}`,
      collapsed: room !== "methods",
      items: packages.map(({ path, directory }) => item(`${path.replaceAll("\\", "/")}/README.md`, directory)),
    })),
    {
      text: "API",
      collapsed: true,
      items: api.map(({ text, link }) => item(posix.join("docs/api", link), text)),
    },
    {
      text: "All decisions",
      collapsed: true,
      items: decisions.map(({ text, link }) => item(posix.join("docs/decisions", link), text)),
    },
  ];
}

/** The packages of each room. */
function roomsOf(root) {
  const packages = readWorkspace(root).filter(({ room }) => room !== null);
  const rooms = [...new Set([...firstRooms, ...packages.map(({ room }) => room)])];
  return rooms
    .map((room) => ({ room, packages: packages.filter((each) => each.room === room) }))
    .filter((each) => each.packages.length > 0);
}

/** The items of a list page that begin with a link, by the heading above them; a page without headings is one group. */
function groupsOf(text) {
  const sections = text.split(/^## +/m);
  return sections
    .map((section, index) => ({
      heading: index === 0 ? "" : section.slice(0, section.indexOf("\n")).trim(),
      links: [...section.matchAll(/^- \[([^\]]+)\]\(([^)]+)\)/gm)].map(([, name, link]) => ({ text: name, link })),
    }))
    .filter(({ links }) => links.length > 0);
}
