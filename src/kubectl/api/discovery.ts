import { at, isObject, listAt, textAt } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import type { EpochMs } from '../../kernel/calendar.ts'
import type { Steps } from '../../kernel/steps.ts'
import { has } from '../../versions/changes.ts'
import { kubectl } from '../../versions/kubectl.ts'
import { attempt, CommandFailure, type Failure, fail } from '../cli/failure.ts'
import type { KubeconfigState } from '../host.ts'
import type { Rest } from './rest.ts'

/** A resource as discovery tells of it. */
export interface Mapping {
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly singular: string
  /** As the server tells it: empty for most resources of older ones. */
  readonly singularName: string
  /** Of the version that is stored; empty where the server tells none. */
  readonly hash: string
  readonly kind: string
  readonly namespaced: boolean
  readonly verbs: readonly string[]
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
}

/** What the server serves, asked once per command. Source: client-go restmapper/discovery.go, shortcut.go. */
export interface Discovery {
  /** All resources without subresources, groups in the server's order, each group's preferred version first. */
  resources(): Steps<readonly Mapping[]>
  /** Only what each group prefers. */
  preferred(): Steps<readonly Mapping[]>
  /** A resource by plural, singular, short name or `resource.group`; throws when there is none. */
  find(name: string): Steps<Mapping>
  tryFind(name: string): Steps<Mapping | undefined>
  /** The same, and what else a short name may mean is told. */
  lookUp(name: string): Steps<Mapping | undefined>
  /** Throws when the kind is not served in that version. */
  forKind(apiVersion: string, kind: string): Steps<Mapping>
  groupVersions(): Steps<readonly string[]>
  /** Forgets what earlier command lines read. */
  invalidate(): void
  /** Names of resources of a category such as `all`; undefined when there is none. */
  category(name: string): Steps<readonly Mapping[] | undefined>
}

/** What was read, and until when it may be used. */
interface CachedDiscovery {
  readonly until: EpochMs
  groups: readonly GroupEntry[]
  all: readonly Mapping[] | undefined
}

/** Answers of earlier command lines, by kubeconfig and server, as a real kubectl keeps them in its home directory. */
const caches = new WeakMap<KubeconfigState, Map<string, CachedDiscovery>>()

/** Source: cli-runtime pkg/genericclioptions/config_flags.go: 10 minutes, 6 hours from 1.22. */
function cacheMs(minor: number): number {
  return has(minor, kubectl.cachesDiscoveryLonger) ? 6 * 3_600_000 : 600_000
}

/** Where and when discovery is asked. */
export interface DiscoveryWorld {
  readonly rest: Rest
  readonly config: KubeconfigState
  readonly now: EpochMs
  readonly minor: number
  /** Told when the server cannot be reached at all, before the command ends of it. */
  unreachable(failure: Failure): void
  /** Told when a short name is that of another resource, too. */
  ambiguous?(shortName: string, other: string): void
}

interface GroupEntry {
  readonly group: string
  readonly versions: readonly string[]
  readonly preferred: string
  /** Where the resources of each version are told, the preferred one first. */
  readonly documents: readonly string[]
}

export function createDiscovery(world: DiscoveryWorld): Discovery {
  return new ServerDiscovery(world)
}

class ServerDiscovery implements Discovery {
  readonly #world: DiscoveryWorld
  readonly #servers: Map<string, CachedDiscovery>
  #isFresh = false

  constructor(world: DiscoveryWorld) {
    this.#world = world
    this.#servers = caches.get(world.config) ?? new Map<string, CachedDiscovery>()
    caches.set(world.config, this.#servers)
  }

  *resources(): Steps<readonly Mapping[]> {
    const cached = yield* this.#known()
    if (cached.all !== undefined) return cached.all
    const all: Mapping[] = []
    for (const { documents } of cached.groups)
      for (const path of documents) all.push(...(yield* readResources(this.#world.rest, path)))
    cached.all = all
    return all
  }

  *preferred(): Steps<readonly Mapping[]> {
    const { groups } = yield* this.#known()
    const isPreferred = (mapping: Mapping): boolean =>
      groups.some(({ group, preferred }) => group === mapping.group && preferred === mapping.version)
    return preferredOf(yield* this.resources(), isPreferred)
  }

  tryFind(name: string): Steps<Mapping | undefined> {
    return this.#lookAgain((all) => lookup(all, name))
  }

  *lookUp(name: string): Steps<Mapping | undefined> {
    const found = yield* this.tryFind(name)
    if (found !== undefined && this.#world.ambiguous !== undefined) yield* this.#tellOthers(name, found)
    return found
  }

  *find(name: string): Steps<Mapping> {
    const found = yield* this.lookUp(name)
    return found ?? fail(`the server doesn't have a resource type ${goQuote(shownName(name))}`)
  }

  /** Source: client-go restmapper/shortcut.go, expandResourceShortcut. */
  *#tellOthers(name: string, found: Mapping): Steps<void> {
    const short = name.toLowerCase()
    if (!found.shortNames.includes(short)) return
    const named = (yield* this.resources()).filter(({ shortNames }) => shortNames.includes(short)).map(groupResource)
    for (const other of new Set(named)) if (other !== groupResource(found)) this.#world.ambiguous?.(short, other)
  }

  *forKind(apiVersion: string, kind: string): Steps<Mapping> {
    // In lower case a kind is known, too. Source: client-go restmapper/discovery.go, NewDiscoveryRESTMapper.
    const isMeant = (mapping: Mapping): boolean =>
      mapping.kind.length === kind.length &&
      (mapping.kind === kind || mapping.kind.toLowerCase() === kind) &&
      (apiVersion === '' ? mapping.group === '' : groupVersion(mapping.group, mapping.version) === apiVersion)
    const found = yield* this.#lookAgain((all) => all.find(isMeant))
    if (found === undefined) return fail(`no matches for kind ${goQuote(kind)} in version ${goQuote(apiVersion)}`)
    // An object without a version is looked up, and then asked for where nothing is. Source: apimachinery pkg/api/meta/restmapper.go, RESTMappings.
    return apiVersion === '' ? { ...found, version: '' } : found
  }

  *groupVersions(): Steps<readonly string[]> {
    const { groups } = yield* this.#known()
    return groups.flatMap(({ group, versions }) => versions.map((version) => groupVersion(group, version)))
  }

  *category(name: string): Steps<readonly Mapping[] | undefined> {
    const members = (yield* this.preferred()).filter(({ categories }) => categories.includes(name))
    return members.length === 0 ? undefined : members
  }

  invalidate(): void {
    if (!this.#isFresh) this.#servers.delete(this.#world.rest.serverUrl)
  }

  *#known(): Steps<CachedDiscovery> {
    const { rest, now, minor } = this.#world
    const cached = this.#servers.get(rest.serverUrl)
    if (cached !== undefined && now < cached.until) return cached
    const read = yield* attempt(readGroups(rest))
    if (!read.ok) {
      if (read.failure.kind === 'network') this.#world.unreachable(read.failure)
      throw new CommandFailure(read.failure)
    }
    const fresh: CachedDiscovery = { until: now + cacheMs(minor), groups: read.value, all: undefined }
    this.#servers.set(rest.serverUrl, fresh)
    this.#isFresh = true
    return fresh
  }

  /** What is not there may have come since: asked once more. Source: client-go restmapper/discovery.go, DeferredDiscoveryRESTMapper. */
  *#lookAgain(look: (all: readonly Mapping[]) => Mapping | undefined): Steps<Mapping | undefined> {
    const found = look(yield* this.resources())
    if (found !== undefined || this.#isFresh) return found
    this.invalidate()
    return look(yield* this.resources())
  }
}

export function groupVersion(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`
}

/** `secrets`, `deployments.apps`: as messages and arguments name a resource. */
export function groupResource(mapping: Mapping): string {
  return mapping.group === '' ? mapping.resource : `${mapping.resource}.${mapping.group}`
}

/** `secret`, `deployment.apps`: as printers name an object's type. */
export function typeName(mapping: Mapping): string {
  return kindName(mapping.kind, mapping.group)
}

/** `Secret`, `Deployment.apps`: how Go prints a GroupKind. */
export function groupKind({ kind, group }: Mapping): string {
  return group === '' ? kind : `${kind}.${group}`
}

export function kindName(kind: string, group: string): string {
  return group === '' ? kind.toLowerCase() : `${kind.toLowerCase()}.${group}`
}

/** `/v1, Resource=secrets`: how Go prints a GroupVersionResource. */
export function goResource(mapping: Mapping): string {
  return `${mapping.group}/${mapping.version}, Resource=${mapping.resource}`
}

/** Path of a collection, an object or a subresource. */
export function resourcePath(mapping: Mapping, namespace: string, ...rest: readonly string[]): string {
  const core = mapping.version === '' ? '/api' : `/api/${mapping.version}`
  const root = mapping.group === '' ? core : `/apis/${mapping.group}/${mapping.version}`
  const scope = mapping.namespaced && namespace !== '' ? `/namespaces/${encodeURIComponent(namespace)}` : ''
  let path = `${root}${scope}/${encodeURIComponent(mapping.resource)}`
  for (const part of rest) path += `/${encodeURIComponent(part)}`
  return path
}

/** What was made of a document, which all servers of a version answer, so that it is read once. */
class Readings<T> {
  readonly #known = new WeakMap<object, T>()
  readonly #read: (document: unknown) => T

  constructor(read: (document: unknown) => T) {
    this.#read = read
  }

  of(document: unknown): T {
    if (!isObject(document)) return this.#read(document)
    const known = this.#known.get(document)
    if (known !== undefined) return known
    const made = this.#read(document)
    this.#known.set(document, made)
    return made
  }
}

function* readGroups(rest: Rest): Steps<readonly GroupEntry[]> {
  const core = coreEntry.of(yield* rest.request('GET', `/api${timeout}`))
  const named = groupEntries.of(yield* rest.request('GET', `/apis${timeout}`))
  return [core, ...named]
}

/** How long a request of discovery may take. Source: client-go discovery/discovery_client.go, defaultTimeout. */
const timeout = '?timeout=32s'

function groupEntry(group: string, versions: readonly string[], preferred: string): GroupEntry {
  const root = group === '' ? '/api' : `/apis/${group}`
  const documents = [...new Set([preferred, ...versions])].map((version) => `${root}/${version}${timeout}`)
  return { group, versions, preferred, documents }
}

const coreEntry = new Readings((document): GroupEntry => {
  const versions = listAt(document, 'versions').map(String)
  return groupEntry('', versions, versions[0] ?? 'v1')
})

const groupEntries = new Readings((document): readonly GroupEntry[] =>
  listAt(document, 'groups').map((group) => {
    const versions = listAt(group, 'versions').map((version) => textAt(version, 'version'))
    const preferred = textAt(group, 'preferredVersion', 'version') || (versions[0] ?? '')
    return groupEntry(textAt(group, 'name'), versions, preferred)
  }),
)

function* readResources(rest: Rest, path: string): Steps<readonly Mapping[]> {
  const answer = yield* rest.tryRequest('GET', path)
  return answer.ok ? mappings.of(answer.value) : skipMissing(answer.failure)
}

/** The resources of a version without subresources. */
const mappings = new Readings((document): readonly Mapping[] => {
  const [version = '', group = ''] = textAt(document, 'groupVersion').split('/').reverse()
  return listAt(document, 'resources')
    .filter((resource) => !textAt(resource, 'name').includes('/'))
    .map((resource) => ({
      group: textAt(resource, 'group') || group,
      version: textAt(resource, 'version') || version,
      resource: textAt(resource, 'name'),
      singular: textAt(resource, 'singularName') || textAt(resource, 'kind').toLowerCase(),
      singularName: textAt(resource, 'singularName'),
      hash: textAt(resource, 'storageVersionHash'),
      kind: textAt(resource, 'kind'),
      namespaced: at(resource, 'namespaced') === true,
      verbs: listAt(resource, 'verbs').map(String),
      shortNames: listAt(resource, 'shortNames').map(String),
      categories: listAt(resource, 'categories').map(String),
    }))
})

/** A version that is announced but not there is passed over, as the real client does. */
function skipMissing(failure: Failure): readonly Mapping[] {
  if (failure.kind === 'status' && (failure.status.code === 404 || failure.status.code === 403)) return []
  throw new CommandFailure(failure)
}

function preferredOf(all: readonly Mapping[], isPreferred: (mapping: Mapping) => boolean): readonly Mapping[] {
  const seen = new Set<string>()
  return all.filter((mapping) => {
    const name = groupResource(mapping)
    if (seen.has(name)) return false
    // A resource that the preferred version lacks is shown in the version that has it.
    if (!isPreferred(mapping) && all.some((other) => groupResource(other) === name && isPreferred(other))) return false
    seen.add(name)
    return true
  })
}

function lookup(all: readonly Mapping[], name: string): Mapping | undefined {
  const wanted = name.toLowerCase()
  const [resource = '', ...rest] = wanted.split('.')
  const matches = (mapping: Mapping, text: string): boolean =>
    mapping.resource === text || mapping.singular.toLowerCase() === text || mapping.kind.toLowerCase() === text
  const short = all.find(({ shortNames }) => shortNames.includes(resource))?.resource
  for (const text of short === undefined ? [resource] : [short, resource]) {
    const inGroup = (test: (mapping: Mapping) => boolean) =>
      all.find((mapping) => matches(mapping, text) && test(mapping))
    if (rest.length === 0) {
      const found = inGroup(() => true)
      if (found !== undefined) return found
      continue
    }
    // `deployments.v1.apps` and `secrets.v1.` name a version too; `deployments.apps` only a group, or how it begins.
    // Source: apimachinery pkg/runtime/schema/group_version.go, ParseResourceArg; pkg/api/meta/restmapper.go, ResourcesFor.
    const [version, ...group] = rest
    const exact = inGroup(
      (mapping) => rest.length > 1 && mapping.version === version && mapping.group === group.join('.'),
    )
    const found =
      exact ??
      inGroup((mapping) => mapping.group === rest.join('.')) ??
      inGroup((mapping) => mapping.group.startsWith(rest.join('.')))
    if (found !== undefined) return found
  }
  return undefined
}

function shownName(name: string): string {
  return name.split('.')[0] ?? name
}
