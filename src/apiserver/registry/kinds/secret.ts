import { equalJson, setMember } from '../../../api/json.ts'
import type { Secret } from '../../../api/types/core.ts'
import { type FieldError, forbidden, invalid, joined, none, required } from '../../../api/validation/field-errors.ts'
import { configMapKey } from '../../../api/validation/formats.ts'
import { immutableText, tooLongSince } from '../../../api/validation/validate-meta.ts'
import { base64Length, decodeBase64, encodeBase64, utf8Bytes } from '../../../bytes/bytes.ts'
import { jsonSyntaxError } from '../../../go/json-syntax.ts'
import { keyPairError } from '../../../go/tls/key-pair.ts'
import { extended } from '../../../kernel/extended.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'
import { ageColumn, ageOf, column, nameColumn } from '../column-texts.ts'
import { hasNils } from '../nil-bytes.ts'
import type { RegistryContext, Strategy } from '../strategy.ts'

/** Secrets (C2, C5, C6, R2, I1, I2; facts apiserver.md 1). Source: pkg/registry/core/secret/strategy.go, pkg/apis/core/validation/validation.go. */

/** Sum of the values, decoded, in bytes; keys are not counted. Source: pkg/apis/core/types.go, MaxSecretSize. */
export const secretMaxBytes = 1_048_576

/** Source: pkg/apis/core/types.go. */
const secretTypes = {
  opaque: 'Opaque',
  serviceAccountToken: 'kubernetes.io/service-account-token',
  dockercfg: 'kubernetes.io/dockercfg',
  dockerConfigJson: 'kubernetes.io/dockerconfigjson',
  basicAuth: 'kubernetes.io/basic-auth',
  sshAuth: 'kubernetes.io/ssh-auth',
  tls: 'kubernetes.io/tls',
} as const

/** Source: pkg/apis/core/types.go, ServiceAccountNameKey. */
const serviceAccountNameAnnotation = 'kubernetes.io/service-account.name'

export const secretStrategy: Strategy<Secret> = {
  resource: { group: '', version: 'v1', resource: 'secrets' },
  kind: 'Secret',
  namespaced: true,
  defaults: mergeStringData,
  prepareForCreate: (secret, context) => dropDisabledFields(secret, undefined, context),
  prepareForUpdate: (next, old, context) => dropDisabledFields(next, old, context),
  validate: validateSecret,
  validateUpdate(next, old, context) {
    const ofType = next.type === old.type ? none : [invalid('type', next.type, immutableText)]
    return joined(ofType, validateImmutable(next, old), validateSecret(next, context))
  },
  warningsOnCreate: pairWarnings,
  warningsOnUpdate: (next, _old, context) => pairWarnings(next, context),
  // Stored, a map that is empty and one that is absent are the same; only the immutability rule tells them apart.
  canonicalize: (secret) => (isEmptyMap(secret.data) ? withoutData(secret) : secret),
  selectableFields: (secret) => ({ type: secret.type ?? '' }),
  table: {
    columns: [
      nameColumn,
      column('Type', 'Used to facilitate programmatic handling of secret data.'),
      column(
        'Data',
        "Data contains the secret data. Each key must consist of alphanumeric characters, '-', '_' or '.'. The serialized form of the secret data is a base64 encoded string, representing the arbitrary (possibly non-string) data value here. Described in https://tools.ietf.org/html/rfc4648#section-4",
      ),
      ageColumn,
    ],
    row: (secret, context) => [
      secret.metadata.name,
      secret.type ?? '',
      Object.keys(secret.data ?? {}).length,
      ageOf(secret, context),
    ],
  },
}

function isEmptyMap(map: object | undefined): boolean {
  if (map === undefined) return false
  for (const _key in map) return false
  return true
}

function withoutData({ data: _empty, ...rest }: Secret): Secret {
  return rest
}

/** stringData goes into data, over what is there, and is not kept; no type means Opaque. Source: v1/conversion.go, v1/defaults.go. */
function mergeStringData(secret: Secret): Secret {
  if (secret.stringData === undefined) {
    return (secret.type ?? '') === '' ? extended(secret, { type: secretTypes.opaque }) : secret
  }
  const { stringData, ...rest } = secret
  const type = (rest.type ?? '') === '' ? secretTypes.opaque : rest.type
  if (stringData === undefined || Object.keys(stringData).length === 0) {
    if (type === secret.type && stringData === undefined) return secret
    return type === undefined ? rest : extended(rest, { type })
  }
  const data: Record<string, string> = { ...rest.data }
  for (const key of Object.keys(stringData)) setMember(data, key, encodeBase64(utf8Bytes(stringData[key] ?? '')))
  return extended(rest, type === undefined ? { data } : { data, type })
}

/** Without the gate, `immutable` stays only where it is stored already. Source: dropDisabledFields. */
function dropDisabledFields(next: Secret, old: Secret | undefined, context: RegistryContext): Secret {
  const isInUse = old?.immutable !== undefined
  if (next.immutable === undefined || context.gates.ImmutableEphemeralVolumes || isInUse) return next
  const { immutable: _dropped, ...rest } = next
  return rest
}

function validateImmutable(next: Secret, old: Secret): readonly FieldError[] {
  if (old.immutable !== true) return none
  const why = 'field is immutable when `immutable` is set'
  return [
    ...(next.immutable === true ? [] : [forbidden('immutable', why)]),
    ...(equalJson(next.data, old.data) && !hasNils(next) ? [] : [forbidden('data', why)]),
  ]
}

/** Certificate and key that don't fit are told, not refused. Source: pkg/registry/core/secret/strategy.go, warningsForSecret. */
function pairWarnings({ type, data = {} }: Secret, { minor }: RegistryContext): readonly string[] {
  if (!has(minor, apiServer.warnsOfKeyPairs) || type !== secretTypes.tls) return []
  const error = keyPairError(bytesOf(data['tls.crt']), bytesOf(data['tls.key']))
  return error === undefined ? [] : [error]
}

function bytesOf(base64: string | undefined): Uint8Array {
  const decoded = decodeBase64(base64 ?? '')
  return decoded.ok ? decoded.bytes : new Uint8Array()
}

/** Source: ValidateSecret. Keys are looked at in bytewise order, where Go's is random. */
function validateSecret(secret: Secret, { minor }: RegistryContext): readonly FieldError[] {
  const data = secret.data ?? {}
  let totalBytes = 0
  let areKeysRight = true
  for (const key in data) {
    areKeysRight &&= configMapKey(key).length === 0
    totalBytes += base64Length(data[key] ?? '') ?? 0
  }
  const ofKeys = areKeysRight ? none : keyErrors(Object.keys(data))
  const ofSize = totalBytes > secretMaxBytes ? [tooLongSince('data', secretMaxBytes, minor)] : none
  return joined(ofKeys, ofSize, validateType(secret, minor))
}

function keyErrors(keys: string[]): readonly FieldError[] {
  return keys.sort().flatMap((key) => configMapKey(key).map((text) => invalid(`data[${key}]`, key, text)))
}

/** Names the missing keys as the server does: up to v1.23 the format verb is left in. */
function credentialField(key: string, minor: number): string {
  return has(minor, apiServer.namesMissingKeys) ? `data[${key}]` : `data[%s][${key}]`
}

function validateType(secret: Secret, minor: number): readonly FieldError[] {
  const data = secret.data ?? {}
  const has = (key: string): boolean => Object.hasOwn(data, key)
  const missing = (key: string): readonly FieldError[] => (has(key) ? [] : [required(`data[${key}]`)])
  switch (secret.type) {
    case secretTypes.serviceAccountToken: {
      const account = secret.metadata.annotations?.[serviceAccountNameAnnotation] ?? ''
      return account === '' ? [required(`metadata.annotations[${serviceAccountNameAnnotation}]`)] : none
    }
    case secretTypes.dockercfg:
      return validateJsonObject(secret, '.dockercfg')
    case secretTypes.dockerConfigJson:
      return validateJsonObject(secret, '.dockerconfigjson')
    case secretTypes.basicAuth:
      if (has('username') || has('password')) return []
      return ['username', 'password'].map((key) => required(credentialField(key, minor)))
    case secretTypes.sshAuth: {
      const key = 'ssh-privatekey'
      return has(key) && (base64Length(data[key] ?? '') ?? 0) > 0 ? [] : [required(credentialField(key, minor))]
    }
    case secretTypes.tls:
      return [...missing('tls.crt'), ...missing('tls.key')]
    default:
      return none
  }
}

const redacted = '<secret contents redacted>'

/** Docker's credentials must be a JSON object, or null; what is in it is not looked at. */
function validateJsonObject(secret: Secret, key: string): readonly FieldError[] {
  const data = secret.data ?? {}
  if (!Object.hasOwn(data, key)) return [required(`data[${key}]`)]
  const decoded = decodeBase64(data[key] ?? '')
  if (!decoded.ok) return []
  const broken = jsonSyntaxError(decoded.bytes) ?? notAnObject(decoded.bytes)
  return broken === undefined ? [] : [invalid(`data[${key}]`, redacted, broken)]
}

const typeNames: Readonly<Record<string, string>> = { '[': 'array', '"': 'string', t: 'bool', f: 'bool' }

/** Source: Go encoding/json, UnmarshalTypeError. */
function notAnObject(json: Uint8Array): string | undefined {
  const first = String.fromCharCode(json.find((code) => code > 0x20) ?? 0)
  if (first === '{' || first === 'n') return undefined
  return `json: cannot unmarshal ${typeNames[first] ?? 'number'} into Go value of type map[string]interface {}`
}
