/** The public names on Autobahn|Python's published pages: `Class`, `Class.member`, `Class.method(option)`, `function`. */

/**
 * The names of a page that Sphinx rendered as text: `- class X(a, b)[source]¶` begins a class, `- name…¶` is a member of
 * the class before it. The page has lost its indentation: what follows an exception that takes nothing is a function.
 */
export function namesOfPackagePage(page: string): Set<string> {
  const names = new Set<string>();
  let owner: string | undefined;
  for (const line of page.slice(page.indexOf('Package Contents')).split('\n')) {
    const found = /^- (?:(class|exception|property|static|abstractmethod) )?(\w+)([^¶]*)¶$/.exec(line);
    if (found === null) continue;
    const [, kind, name = '', rest = ''] = found;
    if (kind === 'class' || kind === 'exception') {
      owner = kind === 'exception' && !rest.startsWith('(') ? undefined : name;
      names.add(name);
      for (const field of parametersOf(rest)) names.add(`${name}.${field.name}`);
    } else if (!name.startsWith('_')) {
      addMember(names, owner === undefined ? name : `${owner}.${name}`, rest);
    }
  }
  return names;
}

/** The names of a page in reStructuredText: `.. class:: X(a)` with members indented below it. */
export function namesOfModulePage(page: string): Set<string> {
  const names = new Set<string>();
  let owner = '';
  for (const line of page.split('\n')) {
    const found = /^( *)\.\. (class|function|method|attribute):: (\w+)(.*)$/.exec(line);
    if (found === null) continue;
    const [, indent = '', kind, name = '', rest = ''] = found;
    if (kind === 'class') {
      owner = name;
      names.add(name);
      for (const field of parametersOf(rest)) names.add(`${name}.${field.name}`);
    } else if (!name.startsWith('_')) {
      addMember(names, indent === '' ? name : `${owner}.${name}`, rest);
    }
  }
  return names;
}

/** A method, and what may be left out in a call of it. */
function addMember(names: Set<string>, full: string, signature: string): void {
  names.add(full);
  for (const { name, optional } of parametersOf(signature)) if (optional) names.add(`${full}(${name})`);
}

/** The parameters of a signature, without `self` and without those that stand for any number. */
function parametersOf(signature: string): { name: string; optional: boolean }[] {
  const list = /^\((.*)\)/.exec(signature)?.[1];
  if (list === undefined) return [];
  // Brackets of types hold commas of their own.
  return list
    .replace(/\[[^\]]*\]/g, '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => /^\w/.test(part) && part !== 'self')
    .map((part) => ({ name: /^\w+/.exec(part)?.[0] ?? '', optional: part.includes('=') }));
}
