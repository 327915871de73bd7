import { compareBytes } from '../../fs/path.ts'
import type { DockerConfigEntry } from './docker-config.ts'

/** Credentials that may open a repository, and where they come from. */
export interface Credential<Source = unknown> {
  readonly username: string
  readonly password: string
  readonly email?: string
  readonly source: Source
}

/** Source: pkg/credentialprovider/keyring.go, defaultRegistryHost. */
const defaultRegistryHost = 'index.docker.io'

/**
 * Finds credentials by the name of a repository. Source: pkg/credentialprovider/keyring.go, BasicDockerKeyring: host
 * labels as globs, port equal, path as prefix; more specific keys first; facts/kubelet.md 7.2.
 */
export class Keyring<Source = unknown> {
  readonly #credentials = new Map<string, Credential<Source>[]>()
  #index: readonly string[] = []

  add(entries: readonly DockerConfigEntry[], source: Source): void {
    for (const { location, ...entry } of entries) {
      const key = keyOf(location)
      if (key === undefined) continue
      const known = this.#credentials.get(key)
      const credential = { ...entry, source }
      if (known === undefined) this.#credentials.set(key, [credential])
      else known.push(credential)
    }
    this.#index = [...this.#credentials.keys()].sort((a, b) => compareBytes(b, a))
  }

  /** All that match, in the order in which they are tried. `repository` has its host and no tag. */
  lookup(repository: string): readonly Credential<Source>[] {
    const matching = this.#index
      .filter((key) => matches(key, repository))
      .flatMap((key) => this.#credentials.get(key) ?? [])
    if (matching.length > 0 || !isDefaultRegistry(repository)) return matching
    return this.#credentials.get(defaultRegistryHost) ?? []
  }
}

/** Host and path of a location, without scheme and without `/v1/` or `/v2/`. */
function keyOf(location: string): string | undefined {
  const parsed = parseUrl(location.replace(/^https?:\/\//, ''))
  if (parsed === undefined) return undefined
  const path = /^\/v[12]\//.test(parsed.path) ? parsed.path.slice(3) : parsed.path
  return path === '/' ? parsed.host : parsed.host + path
}

interface ParsedUrl {
  readonly host: string
  readonly path: string
}

/** What Go's net/url makes of `https://` and this. */
function parseUrl(text: string): ParsedUrl | undefined {
  const match = /^(?:[^/?#@]*@)?([^/?#]*)([^?#]*)/.exec(text)
  const [, host = '', path = ''] = match ?? []
  return /[\s<>"\\^`{}|]/.test(host) ? undefined : { host, path }
}

function matches(glob: string, target: string): boolean {
  const wanted = parseUrl(glob)
  const found = parseUrl(target)
  if (wanted === undefined || found === undefined || !found.path.startsWith(wanted.path)) return false
  const [wantedHost, wantedPort] = splitPort(wanted.host)
  const [foundHost, foundPort] = splitPort(found.host)
  const globs = wantedHost.split('.')
  const labels = foundHost.split('.')
  if (wantedPort !== foundPort || globs.length !== labels.length) return false
  return globs.every((each, index) => globMatches(each, labels[index] ?? ''))
}

function splitPort(host: string): readonly [host: string, port: string] {
  const colon = host.lastIndexOf(':')
  return colon === -1 || host.endsWith(']') ? [host, ''] : [host.slice(0, colon), host.slice(colon + 1)]
}

/** One label of a host against a pattern of `*`, `?` and plain characters, without backtracking. Source: filepath.Match. */
function globMatches(glob: string, text: string): boolean {
  let at = 0
  let from = 0
  let star = -1
  let mark = 0
  while (from < text.length) {
    const char = glob.charAt(at)
    if (char === '*') {
      star = at++
      mark = from
    } else if (char === '?' || (char !== '' && char === text.charAt(from))) {
      at++
      from++
    } else if (star !== -1) {
      at = star + 1
      from = ++mark
    } else return false
  }
  while (glob.charAt(at) === '*') at++
  return at === glob.length
}

/** Whether a name without a registry host, or Docker Hub's own, is meant. Source: keyring.go, isDefaultRegistryMatch. */
function isDefaultRegistry(repository: string): boolean {
  const [first = '', ...rest] = repository.split('/')
  if (first === '') return false
  return rest.length === 0 || first === 'docker.io' || first === defaultRegistryHost || !/[.:]/.test(first)
}
