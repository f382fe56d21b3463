/** Words for an error about a record's id. */
export const recordIdForm = "a file name (no slash, not hidden, at most 240 bytes)";

/** Whether an id can be a record's file name on every system. */
export function isRecordId(id: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  return id !== "" && !/^\.|[/\\:*?"<>|\u0000-\u001f]/.test(id) && Buffer.byteLength(id) <= 240;
}
