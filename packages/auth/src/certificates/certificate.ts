import { isDict, type Value } from '@wamp-run/protocol';
import { fromHex, hex } from '../bytes.js';
import { type Fields, type FieldType, type FieldValue, signerOf, typedDataHash } from './typed-data.js';

const SHARED: Fields = [
  ['chainId', 'uint256'],
  ['verifyingContract', 'address'],
  ['validFrom', 'uint256'],
];

/** What is signed of each kind of certificate, in this order. */
const KINDS = {
  EIP712DelegateCertificate: [
    ...SHARED,
    ['delegate', 'address'],
    ['csPubKey', 'bytes32'],
    ['bootedAt', 'uint64'],
    ['meta', 'string'],
  ],
  EIP712AuthorityCertificate: [
    ...SHARED,
    ['issuer', 'address'],
    ['subject', 'address'],
    ['realm', 'address'],
    ['capabilities', 'uint64'],
    ['meta', 'string'],
  ],
} as const satisfies Record<string, Fields>;

interface Shared {
  readonly chainId: bigint;
  readonly verifyingContract: string;
  readonly validFrom: bigint;
  /** Whose key has signed it. */
  readonly signer: string;
}

/** An Ethereum key says which Ed25519 key stands for it. */
export interface DelegateCertificate extends Shared {
  readonly kind: 'delegate';
  readonly delegate: string;
  /** 64 lower-case hexadecimal digits. */
  readonly publicKey: string;
}

/** One Ethereum key vouches for another. */
export interface AuthorityCertificate extends Shared {
  readonly kind: 'authority';
  readonly issuer: string;
  readonly subject: string;
  readonly realm: string;
  readonly capabilities: bigint;
}

export type Certificate = DelegateCertificate | AuthorityCertificate;

/** A certificate as authextra has it: its hash (not looked at), what is signed, the signature. Undefined where it is none. */
export function certificateIn(value: Value | undefined): Certificate | undefined {
  const [, data, signature] = Array.isArray(value) ? value : [];
  const bytes = bytesIn(signature, 65);
  if (!isDict(data) || !isDict(data.message) || !isDict(data.domain) || bytes === undefined) return undefined;
  const { primaryType, domain, message } = data;
  if (domain.name !== 'WMP' || domain.version !== '1') return undefined;
  if (primaryType !== 'EIP712DelegateCertificate' && primaryType !== 'EIP712AuthorityCertificate') return undefined;
  const fields: Fields = KINDS[primaryType];
  const values: FieldValue[] = [];
  for (const [name, type] of fields) {
    const read = fieldIn(Object.hasOwn(message, name) ? message[name] : undefined, type);
    if (read === undefined) return undefined;
    values.push(read);
  }
  const signer = signerOf(typedDataHash(primaryType, fields, values), bytes);
  if (signer === undefined) return undefined;
  const told = Object.fromEntries(fields.map(([name], index) => [name, shown(values[index] as FieldValue)]));
  const { csPubKey, bootedAt, meta, ...rest } = told;
  return primaryType === 'EIP712DelegateCertificate'
    ? ({ ...rest, kind: 'delegate', publicKey: String(csPubKey).slice(2), signer } as DelegateCertificate)
    : ({ ...rest, kind: 'authority', signer } as AuthorityCertificate);
}

/** Addresses and bytes as `0x` and lower-case digits: so they are compared. */
function shown(value: FieldValue): bigint | string {
  return value instanceof Uint8Array ? `0x${hex(value)}` : value;
}

function fieldIn(value: Value | undefined, type: FieldType): FieldValue | undefined {
  switch (type) {
    case 'string':
      return typeof value === 'string' ? value : undefined;
    case 'address':
      return typeof value === 'string' && value.startsWith('0x') ? bytesIn(value, 20) : undefined;
    case 'bytes32':
      return bytesIn(value, 32);
    case 'uint64':
    case 'uint256': {
      const whole = typeof value === 'bigint' || Number.isSafeInteger(value) ? BigInt(value as number) : -1n;
      return whole >= 0n && whole < 2n ** (type === 'uint64' ? 64n : 256n) ? whole : undefined;
    }
  }
}

function bytesIn(value: Value | undefined, length: number): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value.length === length ? value : undefined;
  return typeof value === 'string' ? fromHex(value.replace(/^0x/, ''), length) : undefined;
}
