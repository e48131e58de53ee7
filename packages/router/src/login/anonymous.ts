import type { Random, RouterAuthenticator } from '@wamp-run/protocol';

/** Everybody is let in, under a name drawn at random: how clients join where no authenticators are given. */
export const anonymous: RouterAuthenticator = {
  method: 'anonymous',
  begin: ({ realm, random }) => ({
    onHello: () => ({
      outcome: 'accept',
      authid: randomName(random),
      authrole: 'anonymous',
      authprovider: 'static',
      realm,
    }),
  }),
};

// No 0, 1, I and O: people read these names to each other.
const LETTERS = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';

/** A name of 100 random bits: `7KQ2-M9XR-4TBN-WEHD-83PZ`. */
function randomName(random: Random): string {
  let name = '';
  let index = 0;
  for (const byte of random(20)) {
    if (index > 0 && index % 4 === 0) name += '-';
    name += LETTERS.charAt(byte & 31);
    index++;
  }
  return name;
}
