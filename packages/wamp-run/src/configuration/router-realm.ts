import type { Shape } from './shape.js';

const text = (what: string, doc?: string): Shape => ({ kind: 'text', what, ...(doc === undefined ? {} : { doc }) });
const word = (words: readonly string[], doc?: string): Shape => ({
  kind: 'word',
  words,
  ...(doc === undefined ? {} : { doc }),
});
const code = (what: string): Shape => ({ kind: 'code', what, doc: 'In JavaScript only.' });
const MS: Shape = { kind: 'number', what: 'a number of milliseconds', least: 1 };
const MATCH = word(['exact', 'prefix', 'wildcard'], 'Default: exact.');
const DISCLOSURE = ['asked', 'always', 'never'];

const HISTORY: Shape = {
  kind: 'keys',
  needs: ['topics'],
  doc: 'Topics whose events are kept, in memory.',
  keys: {
    topics: {
      kind: 'list',
      least: 1,
      what: 'a list with at least one topic',
      of: {
        kind: 'keys',
        needs: ['uri'],
        keys: {
          uri: text('a topic'),
          match: MATCH,
          keep: {
            kind: 'number',
            what: 'a whole number of at least 1',
            least: 1,
            doc: 'How many events of each topic.',
          },
        },
      },
    },
    store: code('a store of events'),
  },
};

const RULE: Shape = {
  kind: 'keys',
  needs: ['uri'],
  keys: {
    uri: { kind: 'text', what: 'a URI', empty: true, doc: 'The URI, or the pattern; an empty prefix is every URI.' },
    match: MATCH,
    allow: {
      kind: 'keys',
      doc: 'What the role may do; what is not named it may not.',
      keys: {
        call: { kind: 'switch' },
        register: { kind: 'switch' },
        publish: { kind: 'switch' },
        subscribe: { kind: 'switch' },
      },
    },
    disclose: {
      kind: 'keys',
      doc: 'Whether callees and subscribers learn who calls and publishes, where the role does.',
      keys: { caller: word(DISCLOSURE), publisher: word(DISCLOSURE) },
    },
  },
};

const ROLES: Shape = {
  kind: 'list',
  what: 'a list of roles',
  doc: 'What the sessions of each role may do: what its rules allow, and nothing else.',
  of: {
    kind: 'keys',
    needs: ['name', 'rules'],
    keys: {
      name: text('a role', 'The authrole.'),
      rules: {
        kind: 'list',
        what: 'a list of rules',
        of: RULE,
        doc: 'For each URI the one that fits it best decides.',
      },
    },
  },
};

const AUTHORIZER: Shape = {
  kind: 'keys',
  doc: 'Who decides on what the rules say nothing of.',
  keys: {
    procedure: text('a procedure', 'A procedure that is registered in the realm.'),
    authorize: code('a function'),
    timeout: { ...MS, doc: 'How long it may take (ms); default: 5000.' },
    cache: {
      kind: 'off',
      doc: 'How answers are kept; false: not at all.',
      or: {
        kind: 'keys',
        keys: {
          size: { kind: 'number', what: 'a whole number of at least 1', least: 1, doc: 'How many; default: 10000.' },
          ttl: { ...MS, doc: 'How long an answer holds (ms); default: 60000.' },
          by: word(['session', 'role'], 'Whose answer it is; default: session.'),
        },
      },
    },
  },
};

const AUTHENTICATOR: Shape = {
  kind: 'keys',
  needs: ['procedure'],
  doc: 'A procedure that decides who may join.',
  keys: {
    procedure: text('a procedure'),
    realm: text('a realm', 'Where it is registered; default: the realm that it decides on.'),
    methods: {
      kind: 'list',
      least: 1,
      what: 'a list of methods',
      of: word(['ticket', 'anonymous']),
      doc: 'The methods that it takes; default: ticket.',
    },
    timeout: { ...MS, doc: 'How long it may take (ms); default: 5000.' },
  },
};

/** A realm: its name, or its name with what holds there. */
export const REALM_SHAPE: Shape = {
  kind: 'either',
  text: text('a realm'),
  keys: {
    kind: 'keys',
    needs: ['name'],
    keys: {
      name: text('a realm'),
      disclosure: word(DISCLOSURE, 'Whether callees and subscribers learn who calls and publishes.'),
      metaApi: word(['full', 'read', 'none'], 'How much of the meta API there is.'),
      history: HISTORY,
      roles: ROLES,
      authorizer: AUTHORIZER,
      authenticator: AUTHENTICATOR,
      authenticators: code('a list of authenticators'),
      trustLevel: code('a function'),
    },
  },
};
