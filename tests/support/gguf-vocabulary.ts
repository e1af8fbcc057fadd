/** Reads the lists of strings in a GGUF file's header: just enough for its vocabulary. */

const NUMBER_BYTES: Readonly<Record<number, number>> = {
  0: 1,
  1: 1,
  2: 2,
  3: 2,
  4: 4,
  5: 4,
  6: 4,
  7: 1,
  10: 8,
  11: 8,
  12: 8,
};
const STRING = 8;
const ARRAY = 9;
const FIRST_KEY = 24; // after magic, version and two counts

export function readGgufStrings(file: Buffer): Map<string, string[]> {
  let at = FIRST_KEY;
  const count = Number(file.readBigUInt64LE(16));
  const length = () => Number(file.readBigUInt64LE((at += 8) - 8));
  const kind = () => file.readUInt32LE((at += 4) - 4);
  const string = () => {
    const bytes = length();
    return file.toString("utf8", at, (at += bytes));
  };
  const skip = (type: number, items: number) => {
    if (type === STRING) for (let i = 0; i < items; i++) string();
    else at += items * (NUMBER_BYTES[type] ?? 0);
  };
  const lists = new Map<string, string[]>();
  for (let i = 0; i < count; i++) {
    const key = string();
    const type = kind();
    if (type !== ARRAY) {
      skip(type, 1);
      continue;
    }
    const inner = kind();
    const items = length();
    if (inner === STRING) lists.set(key, Array.from({ length: items }, string));
    else skip(inner, items);
  }
  return lists;
}
