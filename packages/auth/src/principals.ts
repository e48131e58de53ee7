import { checkUri, type Dict, InvalidConfiguration, isDict, typeName } from '@wamp-run/protocol';
import { checkOptionalText, checkText } from './settings.js';

/** Somebody who may log in: who it is, where, and in which role. */
export interface Principal {
  /** Who it is. */
  readonly authid: string;
  /** The role that it gets, whatever HELLO asks for. */
  readonly authrole: string;
  /** The realm that it may join. HELLO has to name the same. */
  readonly realm: string;
  /** Who vouches for it, in WELCOME. Default: `static` for a list, `dynamic` for a function. */
  readonly authprovider?: string | undefined;
  /** What else WELCOME's authextra says. Default: nothing. */
  readonly authextra?: Dict | undefined;
}

/** What a router knows of one principal; undefined (or null) where there is none. */
export type Found<P> = P | undefined | null | PromiseLike<P | undefined | null>;

/**
 * Who may log in: a list, or a function that is asked at every login. What it throws, or rejects with, refuses the client
 * with `wamp.error.authentication_failed`. What it gives has to have the authid and the realm that were asked for. It
 * should take as long for a principal that does not exist as for another.
 */
export type Principals<P extends Principal> = readonly P[] | ((authid: string, realm: string) => Found<P>);

/** Looks at what only this kind of principal has. Throws InvalidConfiguration; `place` names the principal. */
export type PrincipalCheck<P> = (principal: P, place: string) => void;

/** Who may log in, checked. */
export class PrincipalDirectory<P extends Principal> {
  /** Who vouches for principals that do not say. */
  readonly provider: 'static' | 'dynamic';
  /** Those of a list; none where they come from a function. */
  readonly listed: readonly P[];
  readonly #find: (authid: string, realm: string) => Found<P>;
  readonly #check: PrincipalCheck<P>;

  /** Throws InvalidConfiguration, naming the place. `of` says whose options these are. */
  constructor(principals: Principals<P>, check: PrincipalCheck<P>, of: string) {
    this.#check = check;
    if (typeof principals === 'function') {
      this.provider = 'dynamic';
      this.listed = [];
      this.#find = principals;
      return;
    }
    this.provider = 'static';
    this.listed = checkedList(principals, check, of);
    const byName = new Map(this.listed.map((each) => [keyOf(each.authid, each.realm), each]));
    if (byName.size < this.listed.length) {
      throw new InvalidConfiguration(`${of}: principals: one authid is there twice in one realm`);
    }
    this.#find = (authid, realm) => byName.get(keyOf(authid, realm));
  }

  /** The principal of that name, as it may join that realm. */
  async find(authid: string, realm: string): Promise<P | undefined> {
    const found = await this.#find(authid, realm);
    if (found === undefined || found === null) return undefined;
    if (this.provider === 'dynamic') checkPrincipal(found, this.#check, 'principals: what the function gave');
    return found.authid === authid && found.realm === realm ? found : undefined;
  }
}

/** A list of principals, each checked. Throws InvalidConfiguration, naming the place. */
export function checkedList<P extends Principal>(
  principals: readonly P[],
  check: PrincipalCheck<P>,
  of: string,
): readonly P[] {
  if (!Array.isArray(principals)) {
    throw new InvalidConfiguration(
      `${of}: principals: expected a list, or a function (authid, realm), got ${typeName(principals)}`,
    );
  }
  principals.forEach((each, index) => {
    checkPrincipal(each, check, `${of}: principals[${index}]`);
  });
  return [...principals];
}

/** Throws InvalidConfiguration where this is no principal. No value is in the error: it may be secret. */
export function checkPrincipal<P extends Principal>(principal: P, check: PrincipalCheck<P>, place: string): void {
  if (!isDict(principal)) throw new InvalidConfiguration(`${place}: expected a principal, got ${typeName(principal)}`);
  const { authid, authrole, realm, authprovider, authextra } = principal as Principal;
  checkText(authid, `${place}.authid`);
  checkText(authrole, `${place}.authrole`);
  checkUri(realm, `${place}.realm`);
  checkOptionalText(authprovider, `${place}.authprovider`);
  if (authextra !== undefined && !isDict(authextra)) {
    throw new InvalidConfiguration(`${place}.authextra: expected a dict, got ${typeName(authextra)}`);
  }
  check(principal, place);
}

function keyOf(authid: string, realm: string): string {
  // A realm has no white space.
  return `${realm} ${authid}`;
}
