import type { Shape } from '../../api/ownership/shapes.ts'
import { type Discovery, discoveryOf, type ResourceInfo } from '../../api/schema/discovery.ts'
import type { KubeObject, ResourceRef } from '../../api/types/meta.ts'
import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import { ownershipOf, setOwnership } from '../ownership/ownership.ts'
import type { Collection, Store } from '../store.ts'
import { createCustomDiscovery } from './custom-discovery.ts'
import { genericStrategy } from './generic-strategy.ts'
import type { Strategy } from './strategy.ts'

/** A resource as clients name it, with how it is stored. Several versions of a resource share one collection. */
export interface ServedResource {
  readonly info: ResourceInfo
  /** `v1`, `apps/v1`: of the version asked for. */
  readonly apiVersion: string
  readonly strategy: Strategy
  readonly collection: Collection
  /** Whether objects must be given another apiVersion on their way in and out. */
  readonly isConverted: boolean
  /** `v1`, `apps/v1`: of the stored version. */
  readonly storedApiVersion: string
  /** Of a CustomResourceDefinition: its objects have no type, but perhaps a schema. */
  readonly isCustom?: boolean
  /** What its definition says of a version that will go. */
  readonly deprecation?: string
  /** Paths of fields of a document, an object or what a patch made of one, that its schema does not name, where it has one that prunes them. */
  readonly unknownFields?: (document: unknown) => readonly string[]
  /** How its objects merge, as their schema says. */
  readonly customShape?: (minor: number) => Shape
}

export interface ResourceTable {
  readonly discovery: Discovery
  find(ref: ResourceRef): ServedResource | undefined
  /** What it has found so far, for a table over another store. */
  found(): readonly FoundResource[]
  /** Need not look for these. */
  goOnFrom(found: readonly FoundResource[]): void
  /** Serves other versions of a custom resource than before; none: no longer. */
  serveCustom(group: string, resource: string, versions: readonly ServedResource[]): void
}

/** What a `ServedResource` is but for its objects, which are stored under that name. */
export interface FoundResource extends Omit<ServedResource, 'collection'> {
  readonly stored: string
}

/** Resources that are stored under another group: the newer name of the same thing. Source: pkg/master/master.go, storage factory overrides. */
const storedElsewhere: Readonly<Record<string, { readonly resource: string; readonly as: GroupVersion }>> = {
  'events.k8s.io': { resource: 'events', as: { group: '', version: 'v1' } },
  extensions: { resource: 'ingresses', as: { group: 'networking.k8s.io', version: 'v1beta1' } },
}

interface GroupVersion {
  readonly group: string
  readonly version: string
}

function elsewhere({
  group,
  resource,
}: {
  readonly group: string
  readonly resource: string
}): GroupVersion | undefined {
  const moved = group === '' ? undefined : storedElsewhere[group]
  return moved?.resource === resource ? moved.as : undefined
}

export function apiVersionOf({ group, version }: { readonly group: string; readonly version: string }): string {
  return group === '' ? version : `${group}/${version}`
}

/** The name under which objects of a resource are stored: `secrets`, `deployments.apps`. */
export function storedName(ref: { readonly group: string; readonly resource: string }): string {
  const group = elsewhere(ref)?.group ?? ref.group
  return group === '' ? ref.resource : `${ref.resource}.${group}`
}

/** Resources that discovery knows, each with its strategy, or with the generic one when none is given. */
export function createResourceTable(store: Store, strategies: readonly Strategy[], minor: number): ResourceTable {
  const custom = createCustomDiscovery(discoveryOf(minor))
  const { discovery } = custom
  const byName = new Map(strategies.map((strategy) => [storedName(strategy.resource), strategy]))
  const served = new Map<string, Map<string, ServedResource>>()
  const make = (ref: ResourceRef): ServedResource | undefined => {
    const info =
      discovery.resource(ref) ??
      (has(minor, apiServer.servesNoAlphaPresets)
        ? undefined
        : infoOf(strategies.findLast((strategy) => keyOf(strategy.resource) === keyOf(ref))))
    if (info === undefined) return undefined
    const stored = storedName(ref)
    const strategy = byName.get(stored) ?? genericStrategy(storedVersionOf(info, discovery), minor)
    const apiVersion = apiVersionOf(info)
    const storedApiVersion = apiVersionOf(strategy.resource)
    const collection = store.collection(stored)
    return { info, apiVersion, strategy, collection, storedApiVersion, isConverted: apiVersion !== storedApiVersion }
  }
  return {
    discovery,
    find(ref) {
      let versions = served.get(ref.resource)
      if (versions === undefined) {
        versions = new Map()
        served.set(ref.resource, versions)
      }
      const apiVersion = apiVersionOf(ref)
      let found = versions.get(apiVersion)
      if (found === undefined) {
        found = make(ref)
        if (found !== undefined) versions.set(apiVersion, found)
      }
      return found
    },
    found: () =>
      [...served.values()].flatMap((versions) =>
        [...versions.values()].map(({ collection, ...rest }) => ({ ...rest, stored: collection.resource })),
      ),
    goOnFrom(found) {
      for (const { info, apiVersion, strategy: known, stored, storedApiVersion, isConverted } of found) {
        const strategy = byName.get(stored) ?? known
        const collection = store.collection(stored)
        const versions = served.get(info.resource) ?? new Map<string, ServedResource>()
        if (versions.size === 0) served.set(info.resource, versions)
        versions.set(apiVersion, { info, apiVersion, strategy, collection, storedApiVersion, isConverted })
      }
    },
    serveCustom(group, resource, versions) {
      const known = served.get(resource) ?? new Map<string, ServedResource>()
      served.set(resource, known)
      for (const [apiVersion, { info }] of [...known]) if (info.group === group) known.delete(apiVersion)
      for (const version of versions) known.set(version.apiVersion, version)
      custom.replace(
        group,
        resource,
        versions.map(({ info }) => info),
      )
    },
  }
}

function keyOf(ref: ResourceRef): string {
  return `${ref.group}/${ref.version}/${ref.resource}`
}

/** The version in which a resource without a strategy is stored: the group's preferred one. */
function storedVersionOf(info: ResourceInfo, discovery: Discovery): ResourceInfo {
  const moved = elsewhere(info)
  if (moved !== undefined) return { ...info, ...moved }
  for (const version of discovery.versions(info.group)) {
    const found = discovery.resource({ ...info, version })
    if (found !== undefined) return found
  }
  return info
}

/** A resource that the structure recorded of v1.18 lacks (it was not switched on there), from its strategy. */
function infoOf(strategy: Strategy | undefined): ResourceInfo | undefined {
  if (strategy === undefined) return undefined
  return {
    ...strategy.resource,
    kind: strategy.kind,
    namespaced: strategy.namespaced,
    verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
    shortNames: [],
    categories: [],
    subresources: new Map(),
  }
}

/** An object in the version that the client speaks. */
export function toServed(object: KubeObject, served: ServedResource): KubeObject {
  if (!served.isConverted) return object
  const { converted } = served.strategy
  const inVersion = converted === undefined ? object : converted.toServed(object, served.info.version)
  const shown = { ...inVersion, apiVersion: served.apiVersion, kind: served.info.kind }
  // A version that puts annotations in has metadata of its own.
  return inVersion.metadata === object.metadata ? shown : setOwnership(shown, ownershipOf(object))
}
