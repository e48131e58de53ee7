import type { LoginCookies } from '@wamp-run/auth/cookie';
import { type Clock, type Logger, nearestName, type Random, type RouterAuthenticator } from '@wamp-run/protocol';
import { type RealmOptions, Router } from '@wamp-run/router';
import { ConfigurationMistakes } from './configuration/mistakes.js';
import type { RouterSection } from './configuration/router-section.js';
import { type RealmLogins, withLocalLogin } from './local-login.js';
import type { RouterLogins } from './router-logins.js';
import { anonymous, cookiesFor } from './router-verifiers.js';
import { VERSION } from './version.js';
import { listenerAt, listenerOn } from './wires.js';

/** What a router of one's own is made of. */
export interface RouterSettings {
  readonly section: RouterSection;
  /** What the section says of logins, read. */
  readonly logins: RouterLogins;
  readonly realms: readonly string[];
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** A router that listens. */
export interface OwnRouter {
  readonly router: Router;
  /** Where it does. */
  readonly urls: string[];
  /** Whether components of this process log in as such; elsewhere they join as anybody does. */
  readonly local: boolean;
}

/** A router that listens. It has the realms that the section lists, and these. */
export async function listenWith(settings: RouterSettings): Promise<OwnRouter> {
  const { section, logins, clock, random, log } = settings;
  const { host = '127.0.0.1', port = 8080, listen = [], realms: listed = [], ...rest } = section;
  const {
    authentication,
    principals,
    componentRole = 'trusted',
    authenticators: own,
    realmOnDemand,
    ...options
  } = rest;
  const cookies = await cookiesFor(authentication ?? {}, { clock, random });
  const surroundings = { clock, random, log, ...(cookies === undefined ? {} : { cookies }) };
  const listeners =
    listen.length === 0
      ? [await listenerOn({ host, port }, surroundings)]
      : await Promise.all(listen.map((url) => listenerAt(url, surroundings)));
  const named = listed.map((realm): RealmOptions => (typeof realm === 'string' ? { name: realm } : realm));
  const names = new Set(named.map(({ name }) => name));
  const others = [...new Set(settings.realms.filter((name) => !names.has(name)))];
  const realms = [...named, ...others.map((name): RealmOptions => ({ name }))];
  if (realmOnDemand === undefined) checkRealms(logins, realms);
  const local = logins.authenticators !== undefined || realms.some(saysWho);
  const authenticators = remembered(logins.authenticators, cookies);
  const realmLogins = local ? { authenticators, nobody: await anonymous(), componentRole } : undefined;
  const router = new Router({
    agent: `wamp-run-${VERSION}`,
    ...options,
    realms: realmLogins === undefined ? realms : realms.map((realm) => withLocalLogin(realm, realmLogins)),
    ...(realmOnDemand === undefined ? {} : { realmOnDemand: onDemand(realmOnDemand, realmLogins) }),
    clock,
    random,
    log: log.child({ component: 'router' }),
  });
  try {
    const urls: string[] = [];
    for (const listener of listeners) urls.push((await router.listen(listener)).url);
    return { router, urls, local };
  } catch (error) {
    await router.close();
    throw error;
  }
}

/** The same authenticators; where there are cookies, whoever proves itself by one of them earns one. */
function remembered(
  authenticators: readonly RouterAuthenticator[] | undefined,
  cookies: LoginCookies | undefined,
): readonly RouterAuthenticator[] | undefined {
  if (cookies === undefined || authenticators === undefined) return authenticators;
  // Nobody in particular is nobody to know again.
  const proving = authenticators.filter(({ method }) => method !== 'anonymous');
  const others = authenticators.filter(({ method }) => method === 'anonymous');
  return [cookies.verifier, ...cookies.remembering(proving), ...others];
}

/** Whether a realm says who may come, or who may do what. */
function saysWho({ authenticators, authenticator, roles, authorizer }: RealmOptions): boolean {
  return (authenticators ?? authenticator ?? roles ?? authorizer) !== undefined;
}

type OnDemand = NonNullable<RouterSection['realmOnDemand']>;

function onDemand(options: OnDemand, logins: RealmLogins | undefined): OnDemand {
  if (logins === undefined) return options;
  return (name) => {
    const realm = options(name);
    return realm === undefined ? undefined : withLocalLogin(realm, logins);
  };
}

/** A principal of a realm that is not there is a slip. */
function checkRealms({ realms: asked }: RouterLogins, realms: readonly RealmOptions[]): void {
  const names = realms.map(({ name }) => name);
  const wrong = asked.filter(({ realm }) => !names.includes(realm));
  if (wrong.length === 0) return;
  throw new ConfigurationMistakes(
    wrong.map(({ realm, place }) => {
      const near = nearestName(realm, names);
      const advice = near === undefined ? `there are ${names.join(', ')}` : `did you mean ${near}?`;
      return `${place}: there is no realm ${JSON.stringify(realm)} here; ${advice}`;
    }),
  );
}
