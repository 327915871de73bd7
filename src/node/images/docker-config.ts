import type { Secret } from '../../api/types/core.ts'
import { fromBase64, utf8Text } from '../../bytes/bytes.ts'
import { compareBytes } from '../../fs/path.ts'
import { jsonSyntaxError } from '../../go/json-syntax.ts'
import { has } from '../../versions/changes.ts'
import { kubelet } from '../../versions/kubelet.ts'
import { secretBytes } from '../volumes/plugins/payload.ts'

/** Credentials for one location, as a docker config lists them. */
export interface DockerConfigEntry {
  /** `https://index.docker.io/v1/`, `registry.example.com/team`. */
  readonly location: string
  readonly username: string
  readonly password: string
  readonly email?: string
}

export type DockerConfigResult =
  | { readonly ok: true; readonly entries: readonly DockerConfigEntry[] }
  /** In the words of Go's encoding/json: the pull fails with it. */
  | { readonly ok: false; readonly error: string }

/**
 * Credentials of a pull Secret; none if its type is another or it lacks the key of its type (P1).
 * Source: pkg/credentialprovider/secrets/secrets.go, MakeDockerKeyring; facts/kubelet.md 7.2.
 */
export function dockerConfigOf(secret: Secret, minor = 18): DockerConfigResult {
  const bytes = (key: string) => secretBytes(secret).get(key) ?? new Uint8Array(0)
  if (secret.type === 'kubernetes.io/dockerconfigjson') return parse(bytes('.dockerconfigjson'), true, minor)
  if (secret.type === 'kubernetes.io/dockercfg') return parse(bytes('.dockercfg'), false, minor)
  return { ok: true, entries: [] }
}

function parse(bytes: Uint8Array, hasAuths: boolean, minor: number): DockerConfigResult {
  if (bytes.length === 0) return { ok: true, entries: [] }
  const error = jsonSyntaxError(bytes)
  if (error !== undefined) return { ok: false, error }
  const json: unknown = JSON.parse(utf8Text(bytes))
  if (json === null) return { ok: true, entries: [] }
  const type = hasAuths ? 'credentialprovider.DockerConfigJson' : 'credentialprovider.DockerConfig'
  if (!isMap(json))
    return { ok: false, error: `json: cannot unmarshal ${jsonType(json)} into Go value of type ${type}` }
  const locations = hasAuths ? field(json, 'auths') : json
  if (locations === undefined || locations === null) return { ok: true, entries: [] }
  if (!isMap(locations))
    return {
      ok: false,
      error: `json: cannot unmarshal ${jsonType(locations)} into Go struct field DockerConfigJson.auths of type credentialprovider.DockerConfig`,
    }
  const entries: DockerConfigEntry[] = []
  // Go walks the map in random order: ours is that of bytes.
  for (const location of Object.keys(locations).sort(compareBytes)) {
    const entry = parseEntry(location, locations[location], minor)
    if (typeof entry === 'string') return { ok: false, error: entry }
    entries.push(entry)
  }
  return { ok: true, entries }
}

/** `auth` wins over `username` and `password`. Source: pkg/credentialprovider/config.go, DockerConfigEntry.UnmarshalJSON. */
function parseEntry(location: string, json: unknown, minor: number): DockerConfigEntry | string {
  if (json === null) return { location, username: '', password: '' }
  const struct = 'credentialprovider.dockerConfigEntryWithAuth'
  if (!isMap(json)) return `json: cannot unmarshal ${jsonType(json)} into Go value of type ${struct}`
  const texts: Record<string, string> = { username: '', password: '', auth: '' }
  for (const name of ['username', 'password', 'email', 'auth']) {
    const value = field(json, name) ?? ''
    if (typeof value !== 'string')
      return `json: cannot unmarshal ${jsonType(value)} into Go struct field dockerConfigEntryWithAuth.${name} of type string`
    texts[name] = value
  }
  const { username = '', password = '', auth = '', email = '' } = texts
  const entry = { location, ...(email === '' ? {} : { email }) }
  return auth === '' ? { ...entry, username, password } : decodeAuth(entry, auth, minor)
}

function decodeAuth(
  entry: Omit<DockerConfigEntry, 'username' | 'password'>,
  auth: string,
  minor: number,
): DockerConfigEntry | string {
  const isPadded = auth.trim().endsWith('=')
  const clean = auth.replace(/[\r\n]/g, '')
  const wrong = /[^A-Za-z0-9+/=]/.exec(clean)
  if (wrong !== null) return `illegal base64 data at input byte ${wrong.index}`
  const bytes = fromBase64(isPadded ? clean : clean + '='.repeat((4 - (clean.length % 4)) % 4))
  if (bytes === undefined) return `illegal base64 data at input byte ${clean.length - (clean.length % 4)}`
  const text = utf8Text(bytes)
  const colon = text.indexOf(':')
  if (colon === -1) {
    const form = has(minor, kubelet.authErrorsTellTheForm) ? ', must be formatted as base64(username:password)' : ''
    return `unable to parse auth field${form}`
  }
  return { ...entry, username: text.slice(0, colon), password: text.slice(colon + 1) }
}

type JsonMap = Readonly<Record<string, unknown>>

function isMap(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Go finds a field by its exact name, else without regard to case. */
function field(map: JsonMap, name: string): unknown {
  if (Object.hasOwn(map, name)) return map[name]
  const other = Object.keys(map).find((key) => key.toLowerCase() === name)
  return other === undefined ? undefined : map[other]
}

function jsonType(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}
