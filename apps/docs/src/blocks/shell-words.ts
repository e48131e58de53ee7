/** One command of a line: what is set before it, and its words. */
export interface ShellCommand {
  readonly variables: readonly string[];
  readonly words: readonly string[];
}

const TOKEN = /\s+|#.*$|(&&|\|\||[|;&])|([0-9]?>>?|<)|((?:[^\s'"|;&<>\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+)/gy;

/**
 * The commands of a line of shell, as far as documentation uses shell: words, quotes, pipes, lists, redirections, comments.
 *
 * @returns the commands, or undefined where the line is not of that kind
 */
export function commandsOf(line: string): ShellCommand[] | undefined {
  const commands: string[][] = [[]];
  let redirected = false;
  let at = 0;
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(line); match !== null; match = TOKEN.exec(line)) {
    at = TOKEN.lastIndex;
    const [, separator, redirection, word] = match;
    if (separator !== undefined) commands.push([]);
    else if (redirection !== undefined) redirected = true;
    else if (word !== undefined && redirected) redirected = false;
    else if (word !== undefined) commands.at(-1)?.push(unquoted(word));
    if (at === line.length) break;
  }
  if (at !== line.length) return undefined;
  return commands.filter((words) => words.length > 0).map(split);
}

function split(words: readonly string[]): ShellCommand {
  const first = words.findIndex((word) => !/^\w+=/.test(word));
  const count = first === -1 ? words.length : first;
  return { variables: words.slice(0, count).map((word) => word.replace(/=.*/s, '')), words: words.slice(count) };
}

function unquoted(word: string): string {
  return word.replace(
    /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/g,
    (_, single, double, escaped) => single ?? double ?? escaped,
  );
}
