import {
  authenticateMessage,
  CLOSE_REASONS,
  type ClientAuthenticator,
  challengeMessage,
  type Dict,
  ERROR_URIS,
  eventMessage,
  goodbyeMessage,
  InvalidConfiguration,
  invocationMessage,
  type LoginChallenge,
  type LoginContext,
  MessageType,
  ProtocolError,
  SessionEnded,
  Timeout,
  TransportLost,
  welcomeMessage,
} from '@wamp-run/protocol';
import { FakeClock, ScriptedPeer } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import { Client, type ClientOptions, type JoinOptions, joinSession } from '../src/index.js';
import { failure, NO_JITTER, outcome, ROUTER, ScriptedConnector, SESSION, settle } from './scripted.js';

const ticket = (options: Partial<ClientAuthenticator> = {}): ClientAuthenticator => ({
  method: 'ticket',
  begin: () => ({ onChallenge: () => 'secret!!!' }),
  ...options,
});

/** In the manner of SCRAM: a nonce for each login, and a proof that the router has to give in WELCOME. */
function mutual(method = 'mutual', key = 'nonce'): ClientAuthenticator & { begun: number } {
  return {
    method,
    authid: 'joe',
    begun: 0,
    begin() {
      this.begun += 1;
      const nonce = `${method} ${this.begun}`;
      let challenged: string | undefined;
      return {
        authextra: { [key]: nonce },
        onChallenge: async ({ extra }) => {
          challenged = String(extra.nonce);
          return { signature: `proof of ${challenged}`, extra: { nonce } };
        },
        onWelcome: async ({ authextra }) =>
          challenged !== undefined && (authextra as Dict | undefined)?.verifier === `verifier of ${challenged}`
            ? undefined
            : 'the router has not proven who it is',
      };
    },
  };
}

function begin(options: Partial<JoinOptions> = {}) {
  const peer = new ScriptedPeer();
  const clock = new FakeClock();
  const reported: { error: unknown; what: string }[] = [];
  const joining = joinSession(peer.transport, {
    realm: 'realm1',
    clock,
    onUserError: (error, what) => reported.push({ error, what }),
    ...options,
  });
  joining.catch(() => {});
  return { peer, clock, joining, reported };
}

function build(options: Partial<ClientOptions>): Client {
  const connectors = [new ScriptedConnector()];
  return new Client({ connectors, realm: 'realm1', clock: new FakeClock(), random: NO_JITTER, ...options });
}

const welcomed = (details: Dict = {}) => welcomeMessage(SESSION, { ...ROUTER, ...details });

/** The router is told so, the transport is closed, and no timer is left. */
async function expectRefused({ peer, clock, joining }: ReturnType<typeof begin>, text: string | RegExp) {
  const abort = await peer.expect(MessageType.ABORT);
  expect(abort.reason).toBe(ERROR_URIS.cannotAuthenticate);
  expect(abort.details.message).toMatch(text);
  const error = await failure(joining);
  expect(error).toBeInstanceOf(SessionEnded);
  expect(error).toMatchObject({ reason: ERROR_URIS.cannotAuthenticate, executed: 'no' });
  expect(peer.heard).toEqual([]);
  expect(peer.hungUp).toBe(true);
  expect(clock.pending).toBe(0);
  return error;
}

describe('HELLO', () => {
  test('says what the options say', async () => {
    const { peer } = begin({
      authmethods: ['ticket'],
      authid: 'joe',
      authrole: 'user',
      authextra: { floor: 3 },
      resumable: true,
      resumeSession: 17,
      resumeToken: 'again',
    });
    const { roles, ...details } = (await peer.expect(MessageType.HELLO)).details;
    expect(roles).toBeDefined();
    expect(details).toEqual({
      authmethods: ['ticket'],
      authid: 'joe',
      authrole: 'user',
      authextra: { floor: 3 },
      resumable: true,
      'resume-session': 17,
      'resume-token': 'again',
    });
  });

  test('puts together what several authenticators and the options want, also where only an earlier one names it', async () => {
    const common = [1, { a: null }];
    const authextra = { floor: 3 };
    const { peer } = begin({
      authenticators: [
        ticket({ authid: 'joe', authrole: 'user' }),
        ticket({ method: 'cryptosign', begin: () => ({ authextra: { pubkey: 'abc', common } }) }),
        ticket({
          method: 'other',
          authid: 'joe',
          begin: () => ({ authextra: { ['__proto__']: 'n', common: [1, { a: null }] } }),
        }),
        ticket({ method: 'anonymous', begin: () => ({}) }),
      ],
      authmethods: ['own', 'ticket'],
      authextra,
    });
    const { details } = await peer.expect(MessageType.HELLO);
    expect(details.authmethods).toEqual(['ticket', 'cryptosign', 'other', 'anonymous', 'own']);
    expect([details.authid, details.authrole]).toEqual(['joe', 'user']);
    expect(Object.entries(details.authextra as Dict)).toEqual([
      ['floor', 3],
      ['pubkey', 'abc'],
      ['common', common],
      ['__proto__', 'n'],
    ]);
    // What was handed in is as it was.
    expect(authextra).toEqual({ floor: 3 });
  });

  test('has a login of its own at every join, while one object serves several clients', async () => {
    const authenticator = mutual();
    const first = begin({ authenticators: [authenticator] });
    const second = begin({ authenticators: [authenticator] });
    const hellos = await Promise.all([first, second].map(({ peer }) => peer.expect(MessageType.HELLO)));
    expect(hellos.map(({ details }) => details.authextra)).toEqual([{ nonce: 'mutual 1' }, { nonce: 'mutual 2' }]);
  });
});

describe('what does not go together is refused when the client is built, and names the key', () => {
  const extra = (method: string, authextra: Dict) => ticket({ method, begin: () => ({ authextra }) });
  const secret = 'hunter2';
  test.each<[string, Partial<ClientOptions>, RegExp]>([
    [
      'two authids',
      { authenticators: [ticket({ authid: 'joe' }), mutual('m'), ticket({ method: 'x', authid: 'ann' })] },
      /^authid: ticket and x .*"joe" and "ann"/,
    ],
    [
      'an authid beside another in the options',
      { authid: 'ann', authenticators: [ticket({ authid: 'joe' })] },
      /^authid: the options and ticket/,
    ],
    [
      'two authroles',
      { authenticators: [ticket({ authrole: 'a' }), ticket({ method: 'x', authrole: 'b' })] },
      /^authrole: /,
    ],
    [
      'two values in authextra',
      { authenticators: [extra('a', { nonce: secret }), extra('b', { nonce: 'n' })] },
      /^authextra\.nonce: b wants another value/,
    ],
    ['two fresh nonces under one key', { authenticators: [mutual('a'), mutual('b')] }, /^authextra\.nonce: /],
    [
      'bytes that differ',
      { authextra: { k: new Uint8Array([1]) }, authenticators: [extra('a', { k: new Uint8Array([2]) })] },
      /^authextra\.k: /,
    ],
    ['one method twice', { authenticators: [ticket(), ticket()] }, /^authenticators: ticket is there twice/],
    [
      'no authenticator',
      { authenticators: [{ method: 'ticket' } as never] },
      /^authenticators\[0\]: expected an authenticator/,
    ],
    [
      'an authid that is no string',
      { authenticators: [ticket({ authid: 7 as never })] },
      /^authenticators\[0\]\.authid: expected a string/,
    ],
    [
      'a begin that throws',
      {
        authenticators: [
          ticket({
            begin: () => {
              throw new Error('no');
            },
          }),
        ],
      },
      /^authenticators: ticket: begin failed/,
    ],
    [
      'a begin that gives nothing',
      { authenticators: [ticket({ begin: () => undefined as never })] },
      /^authenticators: ticket: begin has to return/,
    ],
    ['authenticators that are no list', { authenticators: ticket() as never }, /^authenticators: expected a list/],
    ['authmethods that are no list', { authmethods: 'ticket' as never }, /^authmethods: expected a list/],
    ['authid', { authid: 7 as never }, /^authid: expected a string, got integer/],
    ['authextra that is no dict', { authextra: [] as never }, /^authextra: expected a dict, got list/],
    ['authextra that cannot travel', { authextra: { at: new Map() as never } }, /^authextra\.at: a Map cannot travel/],
    ['resumable', { resumable: 'yes' as never }, /^resumable: expected true or false/],
    ['resumeSession', { resumeSession: -1, resumeToken: 't' }, /^resumeSession: expected a session id/],
    ['a session without its token', { resumeSession: 17 }, /^resumeSession, resumeToken: /],
    ['a token without its session', { resumeToken: 't' }, /^resumeSession, resumeToken: /],
    ['a slip of the pen', { authMethods: [] } as never, /authMethods: there is no such option/],
  ])('%s', async (_, options, message) => {
    let thrown: unknown;
    try {
      build(options);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(InvalidConfiguration);
    expect((thrown as Error).message).toMatch(message);
    expect((thrown as Error).message).not.toContain(secret);
  });

  test('and by joinSession, which closes the transport', async () => {
    const { peer, joining } = begin({ authenticators: [ticket(), ticket()] });
    expect(await failure(joining)).toBeInstanceOf(InvalidConfiguration);
    expect([peer.hungUp, peer.heard]).toEqual([true, []]);
  });
});

describe('CHALLENGE', () => {
  test('is answered by the authenticator of its method, with what HELLO said and the connection as context', async () => {
    const seen: [LoginChallenge, LoginContext][] = [];
    const onChallenge = (challenge: LoginChallenge, context: LoginContext) => {
      seen.push([challenge, context]);
      return 'secret!!!';
    };
    const authenticators = [ticket({ authid: 'joe', begin: () => ({ onChallenge }) }), mutual()];
    const { peer, joining } = begin({ authenticators, authrole: 'user' });
    await peer.expect(MessageType.HELLO);
    peer.say(challengeMessage('ticket', { salt: 's' }));
    expect(await peer.expect(MessageType.AUTHENTICATE)).toEqual(authenticateMessage('secret!!!', {}));
    expect(seen).toEqual([
      [
        { method: 'ticket', extra: { salt: 's' } },
        {
          realm: 'realm1',
          authid: 'joe',
          authrole: 'user',
          authextra: { nonce: 'mutual 1' },
          transport: peer.transport.details,
        },
      ],
    ]);
    peer.say(welcomed({ authmethod: 'ticket', authid: 'joe' }));
    expect((await joining).details?.authid).toBe('joe');
  });

  test('may be answered later, and with extra', async () => {
    const { peer, joining } = begin({ authenticators: [mutual()] });
    await peer.expect(MessageType.HELLO);
    peer.say(challengeMessage('mutual', { nonce: 'x' }));
    expect(await peer.expect(MessageType.AUTHENTICATE)).toEqual(
      authenticateMessage('proof of x', { nonce: 'mutual 1' }),
    );
    peer.say(welcomed({ authmethod: 'mutual', authextra: { verifier: 'verifier of x' } }));
    expect((await joining).details?.authmethod).toBe('mutual');
  });

  test("of one's own method goes to onChallenge, and not to it where an authenticator has it", async () => {
    const asked: string[] = [];
    const onChallenge = async ({ method }: LoginChallenge) => {
      asked.push(method);
      return `own ${method}`;
    };
    const { peer, joining } = begin({ authenticators: [ticket()], authmethods: ['own'], onChallenge });
    await peer.expect(MessageType.HELLO);
    peer.say(challengeMessage('ticket', {}));
    expect((await peer.expect(MessageType.AUTHENTICATE)).signature).toBe('secret!!!');
    peer.say(challengeMessage('own', {}));
    expect((await peer.expect(MessageType.AUTHENTICATE)).signature).toBe('own own');
    peer.say(welcomed({ authmethod: 'own' }));
    await joining;
    expect(asked).toEqual(['own']);
  });

  test('a second one, after the answer to the first, is another factor; before it, a violation', async () => {
    const attempt = begin({
      authenticators: [ticket({ begin: () => ({ onChallenge: () => new Promise(() => {}) }) })],
    });
    await attempt.peer.expect(MessageType.HELLO);
    attempt.peer.say(challengeMessage('ticket', {}));
    attempt.peer.say(challengeMessage('ticket', {}));
    const abort = await attempt.peer.expect(MessageType.ABORT);
    expect(abort).toMatchObject({ reason: ERROR_URIS.protocolViolation });
    expect(await failure(attempt.joining)).toBeInstanceOf(ProtocolError);
    expect(attempt.clock.pending).toBe(0);
  });

  test.each<[string, Partial<JoinOptions>, string]>([
    ['of a method that nobody has', { authenticators: [ticket()] }, 'wampcra'],
    [
      'of a method that was not offered does not reach onChallenge',
      { authmethods: ['own'], onChallenge: () => 'mine' },
      'ticket',
    ],
    [
      'of a method that has no challenge',
      { authenticators: [ticket({ begin: () => ({}) })], onChallenge: () => 'mine' },
      'ticket',
    ],
  ])('%s is answered with ABORT', async (_, options, method) => {
    const attempt = begin(options);
    await attempt.peer.expect(MessageType.HELLO);
    attempt.peer.say(challengeMessage(method, {}));
    const error = await expectRefused(attempt, `the router asks for a login by ${method}, and this client has none`);
    expect(error.retryable).toBe(false);
  });

  test.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /got null/],
    ['a number', 7, /got integer/],
    ['bytes', new Uint8Array(2), /got binary/],
    ['a dict without a signature', { extra: {} }, /got null/],
    ['extra that is no dict', { signature: 's', extra: 7 }, /extra: expected a dict/],
    ['extra that cannot travel', { signature: 's', extra: { f: () => {} } }, /extra\.f: a function cannot travel/],
  ])(
    'answered with %s: ABORT, onUserError hears what was wrong, and it is not tried again',
    async (_, answer, complaint) => {
      for (const options of [
        { onChallenge: () => answer as string },
        { authenticators: [ticket({ begin: () => ({ onChallenge: () => answer as string }) })] },
      ]) {
        const attempt = begin(options);
        await attempt.peer.expect(MessageType.HELLO);
        attempt.peer.say(challengeMessage('ticket', {}));
        const error = await expectRefused(attempt, /^the challenge could not be answered$/);
        expect(error.retryable).toBe(false);
        expect(attempt.reported).toMatchObject([{ error: { code: 'WAMP_INVALID_CONFIGURATION' } }]);
        expect(String(attempt.reported[0]?.error)).toMatch(complaint);
      }
    },
  );

  test('a handler that never returns ends at the deadline; what it answers then is not sent', async () => {
    let answer: (signature: string) => void = () => {};
    const onChallenge = () =>
      new Promise<string>((resolve) => {
        answer = resolve;
      });
    const attempt = begin({ onChallenge, joinTimeout: 700 });
    await attempt.peer.expect(MessageType.HELLO);
    attempt.peer.say(challengeMessage('ticket', {}));
    await settle();
    attempt.clock.advance(700);
    const error = await failure(attempt.joining);
    expect(error).toBeInstanceOf(Timeout);
    expect(error.message).toBe('no answer to the challenge (ticket) within 700 ms of HELLO');
    answer('too late');
    await settle();
    expect(attempt.peer.heard.map(({ type }) => type)).toEqual([MessageType.ABORT]);
    expect(attempt.clock.pending).toBe(0);
  });

  test('challenge after challenge ends at the deadline, which is one for all of them', async () => {
    const attempt = begin({ authenticators: [ticket()] });
    await attempt.peer.expect(MessageType.HELLO);
    for (let i = 0; i < 3; i++) {
      attempt.clock.advance(3_000);
      attempt.peer.say(challengeMessage('ticket', {}));
      await attempt.peer.expect(MessageType.AUTHENTICATE);
    }
    attempt.clock.advance(1_000);
    expect(await failure(attempt.joining)).toMatchObject({ message: 'no WELCOME within 10000 ms of HELLO' });
  });

  test('a connection lost meanwhile ends the attempt at once', async () => {
    const attempt = begin({ onChallenge: () => new Promise(() => {}) });
    await attempt.peer.expect(MessageType.HELLO);
    attempt.peer.say(challengeMessage('ticket', {}));
    await settle();
    attempt.peer.drop();
    expect(await failure(attempt.joining)).toBeInstanceOf(TransportLost);
    expect(attempt.clock.pending).toBe(0);
  });
});

describe('WELCOME', () => {
  /** How an attempt goes that is challenged by these methods, and then welcomed. */
  async function after(options: Partial<JoinOptions>, challenges: string[], details: Dict) {
    const attempt = begin(options);
    await attempt.peer.expect(MessageType.HELLO);
    for (const method of challenges) {
      attempt.peer.say(challengeMessage(method, { nonce: 'x' }));
      await attempt.peer.expect(MessageType.AUTHENTICATE);
    }
    attempt.peer.say(welcomed(details));
    return attempt;
  }

  const anonymous = ticket({ method: 'anonymous', begin: () => ({}) });
  const proof = { authextra: { verifier: 'verifier of x' } };
  const unproven = /^the router has not proven who it is$/;

  test.each<[string, Partial<JoinOptions>, string[], Dict]>([
    ['by the method that was challenged', { authenticators: [ticket()] }, ['ticket'], { authmethod: 'ticket' }],
    ['without a method, after a challenge', { authenticators: [ticket()] }, ['ticket'], {}],
    [
      'by another, where anonymous was offered',
      { authenticators: [ticket(), anonymous] },
      [],
      { authmethod: 'cookie' },
    ],
    ['without a method, where anonymous was offered', { authenticators: [ticket(), anonymous] }, [], {}],
    ['by whatever, where nothing was offered', {}, [], { authmethod: 'cookie' }],
    ['with the proof, without a method', { authenticators: [mutual()] }, ['mutual'], proof],
    [
      'with the proof, after two factors',
      { authenticators: [ticket(), mutual()] },
      ['mutual', 'ticket'],
      { authmethod: 'ticket', ...proof },
    ],
  ])('%s is accepted', async (_, options, challenges, details) => {
    const { joining, clock } = await after(options, challenges, details);
    expect((await joining).isAttached).toBe(true);
    expect(clock.pending).toBe(0);
  });

  test.each<[string, Partial<JoinOptions>, string[], Dict, RegExp]>([
    [
      'by a method that was not offered',
      { authenticators: [ticket()] },
      ['ticket'],
      { authmethod: 'anonymous' },
      /^the router let the session in by anonymous; ticket was offered$/,
    ],
    [
      'by one that was not among authmethods',
      { authmethods: ['a', 'b'] },
      [],
      { authmethod: 'c' },
      /by c; a, b were offered$/,
    ],
    ['without a login', { authenticators: [ticket()] }, [], {}, /without a login; ticket was offered/],
    ['without the proof', { authenticators: [mutual()] }, ['mutual'], { authmethod: 'mutual' }, unproven],
    ['without the proof, and without a method', { authenticators: [mutual()] }, ['mutual'], {}, unproven],
    [
      'by another offered method than the one challenged, without its proof',
      { authenticators: [mutual(), ticket()] },
      ['mutual'],
      { authmethod: 'ticket' },
      unproven,
    ],
    [
      'by a method that wants a proof, without a challenge',
      { authenticators: [mutual()] },
      [],
      { authmethod: 'mutual', ...proof },
      unproven,
    ],
    [
      'where anonymous was offered too, without the proof of the one challenged',
      { authenticators: [mutual(), anonymous] },
      ['mutual'],
      { authmethod: 'anonymous' },
      unproven,
    ],
  ])('%s is refused', async (_, options, challenges, details, text) => {
    const error = await expectRefused(await after(options, challenges, details), text);
    expect(error.retryable).toBe(false);
  });

  test.each([
    ['a text', 'wrong shop', 'wrong shop'],
    ['false', false, 'WELCOME was refused'],
    ['an empty text', '', 'WELCOME was refused'],
    ['a promise of a text', Promise.resolve('wrong shop'), 'wrong shop'],
  ])('that onWelcome answers with %s is refused', async (_, answer, text) => {
    await expectRefused(await after({ onWelcome: () => answer }, [], {}), new RegExp(`^${text}$`));
  });

  test('is shown to onWelcome after the authenticators, as the details of the session', async () => {
    const order: unknown[] = [];
    const authenticator = ticket({
      begin: () => ({
        onChallenge: () => 's',
        onWelcome: ({ authmethod }) => {
          order.push(authmethod);
          return null;
        },
      }),
    });
    const onWelcome = (details: unknown) => {
      order.push(details);
      return null;
    };
    const { joining } = await after({ authenticators: [authenticator], onWelcome }, ['ticket'], {
      authmethod: 'ticket',
    });
    const session = await joining;
    expect(order).toEqual(['ticket', session.details]);
  });

  test('that an authenticator refuses is not shown to onWelcome', async () => {
    const seen: unknown[] = [];
    const onWelcome = (details: unknown) => void seen.push(details);
    await expectRefused(await after({ authenticators: [mutual()], onWelcome }, ['mutual'], {}), unproven);
    expect(seen).toEqual([]);
  });

  test('that nobody finishes looking at ends at the deadline', async () => {
    const attempt = await after({ onWelcome: () => new Promise(() => {}), joinTimeout: 700 }, [], {});
    await settle();
    attempt.clock.advance(700);
    expect(await failure(attempt.joining)).toMatchObject({
      name: 'Timeout',
      message: 'no end of the look at WELCOME within 700 ms of HELLO',
    });
    expect(attempt.peer.heard.map(({ type }) => type)).toEqual([MessageType.ABORT]);
    expect([attempt.peer.hungUp, attempt.clock.pending]).toEqual([true, 0]);
  });

  test('while it is looked at, what comes for nobody is treated as ever, and the session is joined', async () => {
    let accept: (value?: undefined) => void = () => {};
    const onWelcome = () =>
      new Promise<undefined>((resolve) => {
        accept = resolve;
      });
    const { peer, joining } = await after({ onWelcome }, [], {});
    peer.say(eventMessage(1, 2, {}));
    peer.say(invocationMessage(1, 2, {}));
    await peer.expect(MessageType.ERROR);
    expect(await outcome(joining)).toBe('pending');
    accept();
    expect((await joining).isAttached).toBe(true);
  });

  test.each([
    ['GOODBYE', (peer: ScriptedPeer) => peer.say(goodbyeMessage(CLOSE_REASONS.systemShutdown)), SessionEnded],
    ['a lost connection', (peer: ScriptedPeer) => peer.drop(), TransportLost],
    ['a second WELCOME', (peer: ScriptedPeer) => peer.say(welcomed()), ProtocolError],
  ])('while it is looked at, %s ends the attempt', async (_, end, error) => {
    const attempt = await after({ onWelcome: () => new Promise(() => {}) }, [], {});
    await settle();
    end(attempt.peer);
    expect(await failure(attempt.joining)).toBeInstanceOf(error);
    expect(attempt.clock.pending).toBe(0);
  });
});

test('the details have what WELCOME says of the login, of resumption, and of the wire', async () => {
  const resumption = { resumed: true, resumable: true, resume_token: 'next time' };
  const { peer, joining } = begin({ realm: 'realm1' });
  await peer.expect(MessageType.HELLO);
  peer.say(welcomed({ realm: 'realm2', authprovider: 'static', ...resumption }));
  expect((await joining).details).toMatchObject({
    realm: 'realm2',
    authprovider: 'static',
    serializer: 'none',
    resumed: true,
    resumable: true,
    resumeToken: 'next time',
  });
  const other = begin();
  await other.peer.expect(MessageType.HELLO);
  other.peer.say(welcomed({ 'resume-ticket': 'by the draft' }));
  expect((await other.joining).details).toMatchObject({
    realm: 'realm1',
    resumed: false,
    resumable: false,
    resumeToken: 'by the draft',
  });
});
