/** A rectangle in pixels; `x`, `y` its upper left corner. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A point in pixels and the size of its label. */
export interface LabelledPoint {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** How far a label's centre lies from its point. */
export interface Offset {
  readonly dx: number;
  readonly dy: number;
}

/** Half of a point's sign, with some air. */
const radius = 9;

/**
 * For each point where its label goes: the first place around it, near ones first, that covers no point, no obstacle and no earlier label
 * and lies within `bounds`; where there is none, the place that covers least.
 */
export function placeLabels(
  points: readonly LabelledPoint[],
  { bounds, obstacles = [] }: { readonly bounds: Box; readonly obstacles?: readonly Box[] },
): Offset[] {
  const signs = points.map(({ x, y }) => ({ x: x - radius, y: y - radius, width: 2 * radius, height: 2 * radius }));
  const taken: Box[] = [];
  return points.map((point) => {
    const choices = offsets(point).map((offset) => {
      const box = boxAt(point, offset);
      const covered = [...signs, ...obstacles, ...taken].reduce((sum, other) => sum + overlap(box, other), 0);
      return { offset, box, cost: covered + 4 * (box.width * box.height - overlap(box, bounds)) };
    });
    const best = choices.find(({ cost }) => cost < 1) ?? choices.reduce((a, b) => (b.cost < a.cost ? b : a));
    taken.push(best.box);
    return best.offset;
  });
}

function offsets({ width, height }: LabelledPoint): Offset[] {
  const across = radius + width / 2 + 1;
  return [0, 12, 26].flatMap((further) => {
    const up = radius + height / 2 + 1 + further;
    return [
      ...[
        { dx: 0, dy: -up },
        { dx: 0, dy: up },
      ],
      ...(further === 0
        ? [
            { dx: across, dy: 0 },
            { dx: -across, dy: 0 },
          ]
        : []),
      ...[
        { dx: across, dy: -up + 6 },
        { dx: -across, dy: -up + 6 },
        { dx: across, dy: up - 6 },
        { dx: -across, dy: up - 6 },
      ],
    ];
  });
}

function boxAt({ x, y, width, height }: LabelledPoint, { dx, dy }: Offset): Box {
  return { x: x + dx - width / 2, y: y + dy - height / 2, width, height };
}

/** The area that both cover. */
export function overlap(one: Box, other: Box): number {
  const across = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
  const down = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
  return across > 0 && down > 0 ? across * down : 0;
}
