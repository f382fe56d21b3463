/** Length of the longest common subsequence of two lists of words. */
export function commonLength(reference: readonly string[], prediction: readonly string[]): number {
  let row = new Uint32Array(prediction.length + 1);
  for (const word of reference) row = nextRow(row, word, prediction);
  return row[prediction.length]!;
}

/**
 * Indexes in `reference` of a longest common subsequence, from the last to the first. Of several, the one that is found from the end
 * where a step back in the prediction is taken only if it loses nothing that one in the reference keeps.
 */
export function commonIndexes(reference: readonly string[], prediction: readonly string[]): number[] {
  const rows = [new Uint32Array(prediction.length + 1)];
  for (const word of reference) rows.push(nextRow(rows.at(-1)!, word, prediction));
  const found: number[] = [];
  let at = reference.length;
  let of = prediction.length;
  while (at > 0 && of > 0) {
    if (reference[at - 1] === prediction[of - 1]) {
      at -= 1;
      of -= 1;
      found.push(at);
    } else if (rows[at]![of - 1]! > rows[at - 1]![of]!) of -= 1;
    else at -= 1;
  }
  return found;
}

function nextRow(
  before: Uint32Array<ArrayBuffer>,
  word: string,
  prediction: readonly string[],
): Uint32Array<ArrayBuffer> {
  const row = new Uint32Array(before.length);
  for (let of = 1; of < row.length; of += 1) {
    row[of] = word === prediction[of - 1] ? before[of - 1]! + 1 : Math.max(before[of]!, row[of - 1]!);
  }
  return row;
}
