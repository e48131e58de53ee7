// A service that holds what it is handed against what it imports itself: by prototypes, as `instanceof` of errors works
// across copies of a package, too. Run by the command, it prints the result; `registry.test.ts` puts it into a project.
import { CallDetails as CallDetailsOfClient, CallResult, Session } from '@wamp-run/client';
import { CallDetails, defineComponent } from '@wamp-run/component';
import { ApplicationError, InvalidConfiguration, Logger } from '@wamp-run/protocol';
import { injectable } from 'tsyringe';
import { start } from 'wamp-run';

/** Known to that copy of tsyringe, and to the metadata beside it. */
class Journal {
  constructor(session) {
    this.session = session;
  }
}
Reflect.defineMetadata('design:paramtypes', [Session], Journal);
injectable()(Journal);

const isOf = (type, value) => Object.prototype.isPrototypeOf.call(type.prototype, value);
const caught = (promise) => promise.then(() => undefined).catch((error) => error);

export const identities = defineComponent({
  name: 'identities',
  setup: ({ session, log, inject }) => ({ session, log, journal: inject(Journal) }),
  onJoin: async (_details, { session, log, journal }) => {
    const counted = await session.call('wamp.session.count', [], { details: true });
    const refused = await caught(session.call('com.example.nowhere'));
    const mistaken = await caught(start({ files: [], from: '.', nonsense: true }));
    const same = {
      session: isOf(Session, session),
      result: isOf(CallResult, counted),
      details: CallDetails === CallDetailsOfClient,
      logger: isOf(Logger, log),
      applicationError: isOf(ApplicationError, refused),
      configurationError: isOf(InvalidConfiguration, mistaken),
      injection: isOf(Journal, journal) && journal.session === session,
    };
    process.stderr.write(`identities ${JSON.stringify(same)}\n`);
  },
});
