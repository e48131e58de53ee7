import type { Problems } from './problems.js';
import { type ComponentClass, type HandlerRecord, handlerRecords, parameterRecords, type Signed } from './records.js';

/** A member of a class on which handler decorators stand. */
export interface DecoratedMember {
  /** The prototype on which it was decorated. */
  readonly owner: object;
  readonly member: string | symbol;
  readonly records: Signed<HandlerRecord>[];
}

/**
 * The decorated members of a class, those of its base classes first. A decorated override replaces what the base class
 * says. Decorators that stand where they cannot do anything are problems.
 */
export function decoratedMembers(target: ComponentClass, problems: Problems): Iterable<DecoratedMember> {
  complainOfStatics(target, problems);
  const members = new Map<string | symbol, DecoratedMember>();
  for (const owner of chainOf(target.prototype, Object.prototype)) {
    for (const record of handlerRecords(owner)) {
      const known = members.get(record.member);
      if (known?.owner === owner) known.records.push(record);
      else members.set(record.member, { owner, member: record.member, records: [record] });
    }
    for (const { member, kind } of parameterRecords(owner)) {
      if (member === undefined || members.get(member)?.owner === owner) continue;
      problems.add(
        `${String(member)}()`,
        `has @${kind}(), but neither @register() nor @subscribe(); add one, or remove it`,
      );
    }
  }
  return members.values();
}

function complainOfStatics(target: ComponentClass, problems: Problems): void {
  for (const owner of chainOf(target, Function.prototype)) {
    for (const { member } of handlerRecords(owner)) {
      problems.add(`static ${String(member)}`, 'is static and can handle nothing; make it a method of the instance');
    }
    for (const { member, kind } of parameterRecords(owner)) {
      const place = member === undefined ? 'constructor' : `static ${String(member)}`;
      problems.add(place, `has @${kind}(), which belongs to parameters of handlers; remove it`);
    }
  }
}

/** An object and what it inherits from, the outermost ancestor first. */
function chainOf(from: object, end: object): object[] {
  const chain: object[] = [];
  for (let each: object | null = from; each !== null && each !== end; each = Object.getPrototypeOf(each))
    chain.unshift(each);
  return chain;
}
