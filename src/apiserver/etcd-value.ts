import type { Secret } from '../api/types/core.ts'
import type { ObjectMeta } from '../api/types/meta.ts'
import { decodeBase64, utf8Bytes } from '../bytes/bytes.ts'
import { parseRfc3339 } from '../kernel/calendar.ts'
import type { RandomStream } from '../kernel/random.ts'

/**
 * What lies in etcd for a Secret (S6): its values readable by everybody who can read etcd, unless encryption at rest is
 * configured. Source: apimachinery pkg/runtime/serializer/protobuf; k8s.io/api core/v1/generated.proto.
 */

/** A provider of an EncryptionConfiguration. Source: apiserver pkg/server/options/encryptionconfig/config.go. */
export interface EncryptionProvider {
  readonly provider: 'aescbc' | 'aesgcm' | 'secretbox' | 'kms'
  /** Name of the key, or of the KMS plugin. */
  readonly keyName: string
  /** Of KMS's protocol: `v2` came with v1.25. Default `v1`. */
  readonly version?: 'v1' | 'v2'
}

/** The stored bytes: protobuf behind `k8s\0`; with a provider its prefix and ciphertext in their place. */
export function etcdSecretValue(
  secret: Secret,
  encryption?: { readonly by: EncryptionProvider; readonly random: RandomStream },
): Uint8Array {
  const typeMeta = [...text(1, secret.apiVersion), ...text(2, secret.kind)]
  const unknown = [...bytes(1, typeMeta), ...bytes(2, secretMessage(secret)), ...text(3, ''), ...text(4, '')]
  const plain = Uint8Array.from([0x6b, 0x38, 0x73, 0x00, ...unknown])
  if (encryption === undefined) return plain
  const { by, random } = encryption
  const prefix = utf8Bytes(`k8s:enc:${by.provider}:${by.version ?? 'v1'}:${by.keyName}:`)
  // No cipher is run: bytes that tell nothing stand for what one would make.
  const cipher = Array.from(plain, () => random.integer(0, 256))
  return Uint8Array.from([...prefix, ...cipher])
}

function secretMessage(secret: Secret): number[] {
  const data = secret.data ?? {}
  const message = bytes(1, metaMessage(secret.metadata))
  for (const key of Object.keys(data).sort()) {
    const decoded = decodeBase64(data[key] ?? '')
    message.push(...bytes(2, [...text(1, key), ...bytes(2, decoded.ok ? [...decoded.bytes] : [])]))
  }
  message.push(...text(3, secret.type ?? ''))
  if (secret.immutable !== undefined) message.push(...varint(5 << 3), secret.immutable ? 1 : 0)
  return message
}

function metaMessage(meta: ObjectMeta): number[] {
  const message = [
    ...text(1, meta.name),
    ...text(2, meta.generateName ?? ''),
    ...text(3, meta.namespace ?? ''),
    // The self link and the version are not stored: etcd knows the version itself.
    ...text(4, ''),
    ...text(5, meta.uid ?? ''),
    ...text(6, ''),
    ...varint(7 << 3),
    ...varint(meta.generation ?? 0),
    ...bytes(8, timeMessage(meta.creationTimestamp ?? undefined)),
  ]
  if (meta.deletionTimestamp !== undefined) message.push(...bytes(9, timeMessage(meta.deletionTimestamp)))
  for (const [field, map] of [
    [11, meta.labels],
    [12, meta.annotations],
  ] as const) {
    for (const key of Object.keys(map ?? {}).sort()) {
      message.push(...bytes(field, [...text(1, key), ...text(2, map?.[key] ?? '')]))
    }
  }
  for (const finalizer of meta.finalizers ?? []) message.push(...text(14, finalizer))
  return [...message, ...text(15, '')]
}

function timeMessage(timestamp: string | undefined): number[] {
  const at = timestamp === undefined ? undefined : parseRfc3339(timestamp)
  if (at === undefined) return []
  return [...varint(1 << 3), ...varint(Math.floor(at / 1000)), ...varint(2 << 3), 0]
}

function text(field: number, value: string): number[] {
  return bytes(field, [...utf8Bytes(value)])
}

function bytes(field: number, value: readonly number[]): number[] {
  return [...varint((field << 3) | 2), ...varint(value.length), ...value]
}

function varint(value: number): number[] {
  const groups: number[] = []
  let rest = value
  do {
    const low = rest % 128
    rest = Math.floor(rest / 128)
    groups.push(rest > 0 ? low | 128 : low)
  } while (rest > 0)
  return groups
}
