import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { anonymousVerifier } from '@wamp-run/auth/anonymous';
import { cryptosignVerifier } from '@wamp-run/auth/cryptosign';
import type { Clock } from '@wamp-run/protocol';
import { Router } from '@wamp-run/router';
import { cbor } from '@wamp-run/serializers/cbor';
import { json } from '@wamp-run/serializers/json';
import { websocketListener } from '@wamp-run/transport/websocket';

const clock: Clock = {
  now: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/**
 * A router in the place of Crossbar.io: with the realm, the roles and the logins of a `.crossbar/config.json`, as far as the
 * template has them, at any free port.
 */
export async function crossbarRouter(file: string): Promise<{ url: string; close(): Promise<void> }> {
  const [worker] = JSON.parse(readFileSync(file, 'utf8')).workers;
  const [realm] = worker.realms;
  const { cryptosign, anonymous } = worker.transports[0].paths.ws.auth;
  // biome-ignore lint/suspicious/noExplicitAny: the file of another program, as it is
  const principals = Object.entries<any>(cryptosign.principals).map(([authid, { role, realm, authorized_keys }]) => ({
    authid,
    authrole: role,
    realm,
    publicKeys: authorized_keys,
  }));
  const router = new Router({
    realms: [
      {
        name: realm.name,
        // biome-ignore lint/suspicious/noExplicitAny: as above
        roles: realm.roles.map(({ name, permissions }: any) => ({ name, rules: permissions })),
      },
    ],
    authenticators: [cryptosignVerifier({ principals }), anonymousVerifier({ authrole: anonymous.role })],
    clock,
    random: (n) => randomBytes(n),
  });
  const { url } = await router.listen(websocketListener({ port: 0, serializers: [cbor(), json()], clock }));
  return { url, close: () => router.close() };
}
