import { type DeclarationReflection, IntrinsicType, ReflectionKind, type Type, UnionType } from 'typedoc';
import { modulesOf, type ReadCode } from './read-code.js';

/** Ids are numbers without a unit, and named after what they are ids of. */
const IDS = /^(request|registration|subscription|publication|session|caller|callee|publisher)$/;

/**
 * What lacks a comment: exports, and members of exported classes and interfaces that are plain numbers, since a number
 * without its unit says nothing.
 *
 * @returns a line for each: the entry point, and the name
 */
export function undocumented({ project }: ReadCode): string[] {
  return modulesOf(project).flatMap((module) =>
    exportsOf(module).flatMap((exported) => {
      const name = `${module.name} ${exported.name}`;
      const numbers = membersOf(exported).filter(
        (member) => isNumber(member.type) && !IDS.test(member.name) && !isDocumented(member),
      );
      return [...(isDocumented(exported) ? [] : [name]), ...numbers.map((member) => `${name}.${member.name}`)];
    }),
  );
}

/** What a module exports itself; what it passes on from another is documented there. */
export function exportsOf(module: DeclarationReflection): DeclarationReflection[] {
  return (module.children ?? []).filter(({ kind }) => kind !== ReflectionKind.Reference);
}

function membersOf(exported: DeclarationReflection): readonly DeclarationReflection[] {
  if (!exported.kindOf([ReflectionKind.Class, ReflectionKind.Interface])) return [];
  return (exported.children ?? []).filter(({ inheritedFrom }) => inheritedFrom === undefined);
}

function isNumber(type: Type | undefined): boolean {
  if (type instanceof UnionType) return type.types.some(isNumber);
  return type instanceof IntrinsicType && type.name === 'number';
}

function isDocumented(reflection: DeclarationReflection): boolean {
  const { signatures = [], getSignature, type } = reflection;
  const ofType = type?.type === 'reflection' ? (type.declaration.signatures ?? []) : [];
  return [reflection, ...signatures, ...(getSignature === undefined ? [] : [getSignature]), ...ofType].some(
    ({ comment }) => comment?.hasVisibleComponent() ?? false,
  );
}
