import { secp256k1 } from '@noble/curves/secp256k1.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { concat, fromHex, hex, utf8 } from '../bytes.js';

/** A type of EIP-712, as far as certificates need it: fields without depth. */
export type FieldType = 'uint256' | 'uint64' | 'address' | 'bytes32' | 'string';

/** The fields of a struct, in the order in which they are signed. */
export type Fields = readonly (readonly [name: string, type: FieldType])[];

/** A value of a field: numbers as bigint, addresses and bytes as bytes. */
export type FieldValue = bigint | string | Uint8Array;

const DOMAIN: Fields = [
  ['name', 'string'],
  ['version', 'string'],
];

/** What is signed: the struct, for the domain of the WAMP meta protocol as Autobahn had it (EIP-712, `encode`). */
export function typedDataHash(name: string, fields: Fields, values: readonly FieldValue[]): Uint8Array {
  const domain = structHash('EIP712Domain', DOMAIN, ['WMP', '1']);
  return keccak_256(concat(Uint8Array.of(0x19, 0x01), domain, structHash(name, fields, values)));
}

function structHash(name: string, fields: Fields, values: readonly FieldValue[]): Uint8Array {
  const type = `${name}(${fields.map(([field, kind]) => `${kind} ${field}`).join(',')})`;
  return keccak_256(concat(keccak_256(utf8(type)), ...values.map(word)));
}

/** 32 bytes for a value: texts by their hash, everything else filled up on the left. */
function word(value: FieldValue): Uint8Array {
  if (typeof value === 'string') return keccak_256(utf8(value));
  const bytes = typeof value === 'bigint' ? fromHex(value.toString(16).padStart(64, '0')) : value;
  const filled = new Uint8Array(32);
  filled.set(bytes ?? [], 32 - (bytes?.length ?? 0));
  return filled;
}

/** The address whose key made a signature of 65 bytes (r, s, v); undefined where it is none. */
export function signerOf(hash: Uint8Array, signature: Uint8Array): string | undefined {
  const recovery = (signature[64] ?? 0) - 27;
  if (signature.length !== 65 || (recovery !== 0 && recovery !== 1)) return undefined;
  try {
    const found = secp256k1.Signature.fromBytes(signature.subarray(0, 64), 'compact').addRecoveryBit(recovery);
    return addressOf(found.recoverPublicKey(hash).toBytes(false));
  } catch {
    // Not every 64 bytes are a signature.
    return undefined;
  }
}

/** The address of a public key of 65 bytes: `0x` and 40 lower-case digits. */
export function addressOf(publicKey: Uint8Array): string {
  return `0x${hex(keccak_256(publicKey.subarray(1)).subarray(12))}`;
}
