import { join } from 'node:path';
import ts from 'typescript';
import type { Member } from './workspace.js';

const HEADER = `Everything that can be imported from this package, as the compiler sees it. Made by: npm run api.
A change in here is a change for users: it comes with a changeset.
`;

/** An entry of a package: what it is imported by, and the declarations that were built of it. */
interface Door {
  readonly name: string;
  readonly file: string;
}

/**
 * The text of each package's `api.txt`, by the package's folder: door by door what is exported, by name and with its
 * declaration; behind them what is not exported, but part of what is. Comments, private members, and what comes from other
 * packages are left out.
 */
export function apiReports(members: readonly Member[]): Map<string, string> {
  const doors = new Map(members.map((member) => [member, doorsOf(member)]));
  const program = ts.createProgram(
    [...doors.values()].flat().map(({ file }) => file),
    {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
      types: [],
      skipLibCheck: true,
      noEmit: true,
    },
  );
  return new Map(members.map((member) => [member.folder, new Report(program, member).of(doors.get(member) ?? [])]));
}

function doorsOf({ folder, manifest: { name, exports = {} } }: Member): Door[] {
  return Object.entries(exports).flatMap(([path, entry]) => {
    const { types } = entry as { readonly types?: string };
    return types === undefined ? [] : [{ name: join(name, path), file: join(folder, types) }];
  });
}

class Report {
  readonly #checker: ts.TypeChecker;
  readonly #printer = ts.createPrinter({ removeComments: true });
  readonly #program: ts.Program;
  readonly #folder: string;
  readonly #exported = new Set<ts.Symbol>();
  readonly #behind = new Set<ts.Symbol>();

  constructor(program: ts.Program, { folder }: Member) {
    this.#program = program;
    this.#checker = program.getTypeChecker();
    this.#folder = join(folder, 'dist/');
  }

  of(doors: readonly Door[]): string {
    const exportsOf = doors.map((door) => ({ door, found: this.#exportsOf(door) }));
    for (const { symbol } of exportsOf.flatMap(({ found }) => found)) this.#exported.add(symbol);
    const sections = exportsOf.map(({ door, found }) =>
      [`== ${door.name} ==`, ...found.map(({ name, symbol }) => this.#entry(name, symbol))].join('\n\n'),
    );
    // A set: what is found behind something is printed, too, and may lead on.
    const behind: string[] = [];
    for (const symbol of this.#behind) behind.push(this.#entry(symbol.name, symbol));
    if (behind.length > 0) sections.push(['== behind the doors ==', ...behind.sort()].join('\n\n'));
    return `${[HEADER.trimEnd(), ...sections].join('\n\n')}\n`;
  }

  #exportsOf({ name, file }: Door): { name: string; symbol: ts.Symbol }[] {
    const source = this.#program.getSourceFile(file);
    const module = source && this.#checker.getSymbolAtLocation(source);
    if (module === undefined) throw new Error(`${name}: ${file} is no module; build first`);
    return this.#checker
      .getExportsOfModule(module)
      .map((symbol) => ({ name: symbol.name, symbol: this.#resolved(symbol) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  #resolved(symbol: ts.Symbol): ts.Symbol {
    return symbol.flags & ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(symbol) : symbol;
  }

  #isOurs(declaration: ts.Declaration): boolean {
    return declaration.getSourceFile().fileName.startsWith(this.#folder);
  }

  #entry(name: string, symbol: ts.Symbol): string {
    const declarations = (symbol.declarations ?? []).map(statementOf);
    const ours = declarations.filter((declaration) => this.#isOurs(declaration));
    if (ours.length === 0) {
      const from = declarations[0]?.getSourceFile().fileName ?? '';
      return `${name}: as in ${/packages\/([\w-]+)\/dist/.exec(from)?.[1] ?? 'another package'}`;
    }
    const texts = ours.map((declaration) => this.#printed(declaration));
    const own = symbol.name === name ? '' : `${name}: `;
    return [...new Set(texts)].map((text) => `${own}${text}`).join('\n');
  }

  #printed(declaration: ts.Declaration): string {
    const withoutPrivate: ts.TransformerFactory<ts.Node> = (context) => {
      const visit: ts.Visitor = (node) => {
        if (isPrivate(node)) return undefined;
        if (ts.isIdentifier(node)) this.#follow(node);
        return ts.visitEachChild(node, visit, context);
      };
      return (node) => ts.visitNode(node, visit) ?? node;
    };
    const { transformed } = ts.transform<ts.Node>(declaration, [withoutPrivate]);
    const text = this.#printer.printNode(
      ts.EmitHint.Unspecified,
      transformed[0] ?? declaration,
      declaration.getSourceFile(),
    );
    return text.replace(/^export (declare )?|^declare /, '');
  }

  /** A type of this package that nothing exports is part of what is exported all the same. */
  #follow(identifier: ts.Identifier): void {
    const found = this.#checker.getSymbolAtLocation(identifier);
    const symbol = found && this.#resolved(found);
    const declaration = symbol?.declarations?.[0];
    if (symbol === undefined || declaration === undefined || this.#exported.has(symbol)) return;
    // A parameter or a member has its place in what is printed.
    if (!this.#isOurs(declaration) || !ts.isSourceFile(statementOf(declaration).parent)) return;
    this.#behind.add(symbol);
  }
}

/** A variable is declared by a statement around it; everything else by itself. */
function statementOf(declaration: ts.Declaration): ts.Declaration {
  if (!ts.isVariableDeclaration(declaration)) return declaration;
  return declaration.parent.parent as ts.Node as ts.Declaration;
}

function isPrivate(node: ts.Node): boolean {
  if (!ts.isClassElement(node)) return false;
  if (node.name !== undefined && ts.isPrivateIdentifier(node.name)) return true;
  return (ts.getCombinedModifierFlags(node as unknown as ts.Declaration) & ts.ModifierFlags.Private) !== 0;
}
