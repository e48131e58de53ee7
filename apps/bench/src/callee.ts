// One end: adds two numbers. Through the router it is asked by INVOCATION, through the relay by the CALL itself.
import { type Message, MessageType, resultMessage, yieldMessage } from '@wamp-run/protocol';
import { serve } from './child.js';
import { connect, type Middle, register, sum } from './ends.js';

const [middle, url] = process.argv.slice(2) as [Middle, string];
let registered: () => void = () => {};
const ready = new Promise<void>((resolve) => {
  registered = resolve;
});

const transport = await connect(middle, url, (message: Message) => {
  switch (message.type) {
    case MessageType.INVOCATION:
      transport.send(yieldMessage(message.request, {}, { args: [sum(message.payload)], kwargs: {} }));
      break;
    case MessageType.CALL:
      transport.send(resultMessage(message.request, {}, { args: [sum(message.payload)], kwargs: {} }));
      break;
    case MessageType.REGISTERED:
      registered();
      break;
    default:
      throw new Error(`the callee cannot use message ${message.type}`);
  }
});

if (middle === 'router') {
  register(transport);
  await ready;
}
serve(url);
