/** The value of a tag in a key file of Autobahn and Crossbar.io: lines `tag: value`. Undefined where it is not there once. */
export function taggedKey(text: string, tag: string): string | undefined {
  const values = text
    .split(/\r?\n/)
    .map((line) => line.match(/^\s*([a-z0-9-]+)\s*:\s*(.*?)\s*$/))
    .filter((found) => found?.[1] === tag)
    .map((found) => found?.[2]);
  return values.length === 1 ? values[0] : undefined;
}
