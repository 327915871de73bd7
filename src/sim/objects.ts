import type { ResourceInfo } from '../api/schema/discovery.ts'
import type { Event } from '../api/types/core.ts'
import type { KubeObject, ResourceRef } from '../api/types/meta.ts'
import type { RunningApiServer } from '../apiserver/create-api-server.ts'
import type { JournalObject } from '../kernel/journal.ts'
import { closest } from './input/closest.ts'
import { quoted } from './input/words.ts'
import type { EventQuery } from './sim.ts'
import { SimUsageError } from './usage-error.ts'

/** Objects by the names that people give them: kinds in any spelling, kind/name texts. */

/** A resource as people name it. */
interface NamedResource {
  readonly ref: ResourceRef
  readonly kind: string
  readonly namespaced: boolean
  /** What its collection is called in the store. */
  readonly stored: string
}

/** By the names in lower case that people may give; made once for each list of resources, which is another when a CustomResourceDefinition comes. */
const namesOf = new WeakMap<readonly ResourceInfo[], ReadonlyMap<string, NamedResource>>()

/** The resource of a kind: `Pod`, `pod`, `pods` and short names alike. */
function resourceOf(server: RunningApiServer, kind: string): NamedResource {
  const { resources } = server.discovery
  let names = namesOf.get(resources)
  if (names === undefined) {
    names = byName(resources)
    namesOf.set(resources, names)
  }
  const found = names.get(kind.toLowerCase())
  if (found !== undefined) return found
  const kinds = resources.flatMap((info) => [info.kind, ...info.shortNames])
  const meant = closest(kind, kinds)
  const hint = meant === undefined ? '' : `; did you mean ${quoted(meant)}?`
  throw new SimUsageError(`there is no kind ${quoted(kind)} in this version of Kubernetes${hint}`)
}

/** Of two resources with one name the first. */
function byName(resources: readonly ResourceInfo[]): ReadonlyMap<string, NamedResource> {
  const names = new Map<string, NamedResource>()
  for (const { group, version, resource, kind, namespaced, shortNames } of resources) {
    const stored = group === '' ? resource : `${resource}.${group}`
    const named: NamedResource = { ref: { group, version, resource }, kind, namespaced, stored }
    for (const name of [kind.toLowerCase(), resource, `${resource}.${group}`, ...shortNames])
      if (!names.has(name)) names.set(name, named)
  }
  return names
}

/** The object as the store has it; undefined if there is none. Throws a SimUsageError for a kind that there is not. */
export function find<T extends KubeObject>(
  server: RunningApiServer,
  kind: string,
  name: string,
  namespace: string,
): T | undefined {
  const { stored, namespaced } = resourceOf(server, kind)
  // The caller names the kind, and so the type.
  return server.store.collection(stored).get(namespaced ? namespace : '', name) as T | undefined
}

/** The name of an object as the journal has it: `deploy/web` is a Deployment, and a Node is in no namespace. */
export function properName(
  server: RunningApiServer,
  { kind, namespace = 'default', name }: JournalObject,
): JournalObject {
  const found = resourceOf(server, kind)
  return found.namespaced ? { kind: found.kind, namespace, name } : { kind: found.kind, name }
}

/** All objects of a kind, of one namespace or of all. */
export function listOf<T extends KubeObject>(
  server: RunningApiServer,
  kind: string,
  namespace: string | undefined,
): readonly T[] {
  return server.store
    .collection(resourceOf(server, kind).stored)
    .list(namespace) as readonly KubeObject[] as readonly T[]
}

/** Events in the order of their first appearance. */
export function eventsOf(
  server: RunningApiServer,
  { namespace = 'default', reason, on }: EventQuery,
): readonly Event[] {
  const [kind, name] = on?.split('/') ?? []
  const wantedKind = kind === undefined ? undefined : resourceOf(server, kind).ref.resource
  return (server.store.collection('events').list(namespace) as readonly Event[])
    .filter((event) => {
      if (reason !== undefined && event.reason !== reason) return false
      if (name !== undefined && event.involvedObject.name !== name) return false
      return wantedKind === undefined || resourceOf(server, event.involvedObject.kind ?? '').ref.resource === wantedKind
    })
    .sort((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion))
}

/** `pod/mypod` or `secret/default/mysecret`. */
export function parseRef(text: string): JournalObject {
  const parts = text.split('/')
  const [kind = '', first = '', second] = parts
  if (parts.length < 2 || parts.length > 3)
    throw new SimUsageError(`${JSON.stringify(text)} names no object; expected kind/name or kind/namespace/name`)
  const proper = kind.charAt(0).toUpperCase() + kind.slice(1)
  return second === undefined
    ? { kind: proper, namespace: 'default', name: first }
    : { kind: proper, namespace: first, name: second }
}
