import {
  BinaryPayload,
  callMessage,
  errorMessage,
  eventMessage,
  interruptMessage,
  type Message,
  publishMessage,
  resultMessage,
  unregisteredMessage,
  welcomeMessage,
  yieldMessage,
} from '@wamp-run/protocol';

/** A message and its bytes, put together by hand. */
export interface ByteSample {
  readonly what: string;
  readonly message: Message;
  readonly json: string;
  /** In hexadecimal digits; white space is for the eye. */
  readonly cbor: string;
  readonly msgpack: string;
  /** UBJSON as BJData, and as Draft 12. */
  readonly ubjson: string;
  readonly draft12: string;
}

export const SAMPLES: readonly ByteSample[] = [
  {
    what: 'WELCOME with the largest session id',
    message: welcomeMessage(2 ** 53, { roles: { broker: {} } }),
    json: '[2,9007199254740992,{"roles":{"broker":{}}}]',
    cbor: '83 02 1b0020000000000000 a1 65726f6c6573 a1 6662726f6b6572 a0',
    msgpack: '93 02 cf0020000000000000 81 a5726f6c6573 81 a662726f6b6572 80',
    ubjson: '5b55024d00000000000020007b5505726f6c65737b550662726f6b65727b7d7d7d5d',
    draft12: '5b55024c00200000000000007b5505726f6c65737b550662726f6b65727b7d7d7d5d',
  },
  {
    what: 'CALL without a payload, and with an option',
    message: callMessage(300, { timeout: 70000 }, 'a.b'),
    json: '[48,300,{"timeout":70000},"a.b"]',
    cbor: '84 1830 19012c a1 6774696d656f7574 1a00011170 63612e62',
    msgpack: '94 30 cd012c 81 a774696d656f7574 ce00011170 a3612e62',
    ubjson: '5b5530752c017b550774696d656f75746d701101007d535503612e625d',
    draft12: '5b553049012c7b550774696d656f75746c000111707d535503612e625d',
  },
  {
    what: 'CALL with kwargs alone',
    message: callMessage(1, {}, 'p', { args: [], kwargs: { b: 1, a: [null, false] } }),
    json: '[48,1,{},"p",[],{"b":1,"a":[null,false]}]',
    cbor: '86 1830 01 a0 6170 80 a2 6162 01 6161 82 f6 f4',
    msgpack: '96 30 01 80 a170 90 82 a162 01 a161 92 c0 c2',
    ubjson: '5b553055017b7d43705b5d7b55016255015501615b5a465d7d5d',
    draft12: '5b553055017b7d43705b5d7b55016255015501615b5a465d7d5d',
  },
  {
    what: 'RESULT with bytes, a float and a letter of two bytes',
    message: resultMessage(2, {}, { args: [Uint8Array.of(1, 255), 1.5, 'ä'], kwargs: {} }),
    json: '[50,2,{},["\\u0000Af8=",1.5,"ä"]]',
    cbor: '84 1832 02 a0 83 4201ff fb3ff8000000000000 62c3a4',
    msgpack: '94 32 02 80 93 c40201ff cb3ff8000000000000 a2c3a4',
    ubjson: '5b553255027b7d5b5b244223550201ff44000000000000f83f535502c3a45d5d',
    draft12: '5b553255027b7d5b5b245523550201ff443ff8000000000000535502c3a45d5d',
  },
  {
    what: 'YIELD with bytes in the place of the args',
    message: yieldMessage(2, { enc_algo: 'x_ab' }, new BinaryPayload(Uint8Array.of(1, 255))),
    json: '[70,2,{"enc_algo":"x_ab"},"\\u0000Af8="]',
    cbor: '84 1846 02 a1 68656e635f616c676f 64785f6162 4201ff',
    msgpack: '94 46 02 81 a8656e635f616c676f a4785f6162 c40201ff',
    ubjson: '5b 5546 5502 7b 5508656e635f616c676f 535504785f6162 7d 5b2442235502 01ff 5d',
    draft12: '5b 5546 5502 7b 5508656e635f616c676f 535504785f6162 7d 5b2455235502 01ff 5d',
  },
  {
    what: 'ERROR with negative integers',
    message: errorMessage(68, 3, 'e', { args: [-1, -33, -129, -70000], kwargs: {} }),
    json: '[8,68,3,{},"e",[-1,-33,-129,-70000]]',
    cbor: '86 08 1844 03 a0 6165 84 20 3820 3880 3a0001116f',
    msgpack: '96 08 44 03 80 a165 94 ff d0df d1ff7f d2fffeee90',
    ubjson: '5b5508554455037b7d43655b69ff69df497fff6c90eefeff5d5d',
    draft12: '5b5508554455037b7d43655b69ff69df49ff7f6cfffeee905d5d',
  },
  {
    what: 'EVENT with large ids and a large integer',
    message: eventMessage(2 ** 40, 2 ** 53 - 1, {}, { args: [2n ** 63n], kwargs: {} }),
    json: '[36,1099511627776,9007199254740991,{},[9223372036854775808]]',
    cbor: '85 1824 1b0000010000000000 1b001fffffffffffff a0 81 1b8000000000000000',
    msgpack: '95 24 cf0000010000000000 cf001fffffffffffff 80 91 cf8000000000000000',
    ubjson: '5b55244d00000000000100004dffffffffffff1f007b7d5b4d00000000000000805d5d',
    draft12: '5b55244c00000100000000004c001fffffffffffff7b7d5b485513393232333337323033363835343737353830385d5d',
  },
  {
    what: 'PUBLISH with a list of ids in its options',
    message: publishMessage(24, { exclude: [23, 2 ** 32] }, 't'),
    json: '[16,24,{"exclude":[23,4294967296]},"t"]',
    cbor: '84 10 1818 a1 676578636c756465 82 17 1b0000000100000000 6174',
    msgpack: '94 10 18 81 a76578636c756465 92 17 cf0000000100000000 a174',
    ubjson: '5b551055187b55076578636c7564655b55174d00000000010000005d7d43745d',
    draft12: '5b551055187b55076578636c7564655b55174c00000001000000005d7d43745d',
  },
  {
    what: 'UNREGISTERED by the router',
    message: unregisteredMessage(0, { registration: 255, reason: 'r' }),
    json: '[67,0,{"registration":255,"reason":"r"}]',
    cbor: '83 1843 00 a2 6c726567697374726174696f6e 18ff 66726561736f6e 6172',
    msgpack: '93 43 00 82 ac726567697374726174696f6e ccff a6726561736f6e a172',
    ubjson: '5b554355007b550c726567697374726174696f6e55ff5506726561736f6e43727d5d',
    draft12: '5b554355007b550c726567697374726174696f6e55ff5506726561736f6e43727d5d',
  },
  {
    what: 'INTERRUPT',
    message: interruptMessage(65536, { mode: 'kill' }),
    json: '[69,65536,{"mode":"kill"}]',
    cbor: '83 1845 1a00010000 a1 646d6f6465 646b696c6c',
    msgpack: '93 45 ce00010000 81 a46d6f6465 a46b696c6c',
    ubjson: '5b55456d000001007b55046d6f64655355046b696c6c7d5d',
    draft12: '5b55456c000100007b55046d6f64655355046b696c6c7d5d',
  },
];
