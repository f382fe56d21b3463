import protobuf from "protobufjs";

/** Encodes messages of a type. The schema, in Protocol Buffers' own notation, holds only the fields that are written here. */
export function messageEncoder<Message extends object>(schema: string, type: string): (message: Message) => Uint8Array {
  const found = protobuf.parse(schema).root.lookupType(type);
  return (message) => found.encode(message as Record<string, unknown>).finish();
}
