import { genericStatus } from '../../api/status.ts'
import type { Status } from '../../api/types/meta.ts'
import type { Verb } from '../../client/server.ts'
import type { RegistryCore } from '../registry/core.ts'
import type { ServedResource } from '../registry/resource-table.ts'
import { apiServerFact } from '../version-facts.ts'
import type { ResourceRoute } from './watch-stream.ts'

/** Which paths there are, and which methods they have. */

/** Components may use another version of a resource than clients are offered; alpha groups are not told of, and are there. */
export function isOffered({ table: { discovery } }: RegistryCore, { resource }: ResourceRoute): boolean {
  return discovery.resource(resource) !== undefined || discovery.versions(resource.group).length === 0
}

/** Which methods a path has. Source: apiserver pkg/endpoints/installer.go. */
export function checkRoute(served: ServedResource, route: ResourceRoute, verb: Verb | undefined): Status | undefined {
  const { info, strategy } = served
  const isPlaced = route.namespace !== undefined
  if (isPlaced && !info.namespaced) return genericStatus(404)
  if (route.name !== undefined && info.namespaced && !isPlaced) return genericStatus(404)
  if (route.subresource !== '') {
    const known = info.subresources.get(route.subresource)
    if (known === undefined) {
      return strategy.subresources?.[route.subresource] === undefined ? genericStatus(404) : undefined
    }
    return verb !== undefined && known.verbs.includes(verb) ? undefined : genericStatus(405)
  }
  if (verb === undefined || !info.verbs.includes(verb)) return genericStatus(405)
  const isCollection = route.name === undefined
  const needsName = verb === 'update' || verb === 'patch' || verb === 'get'
  if (isCollection ? needsName : verb === 'create') return genericStatus(405)
  // Across namespaces there is nothing but lists.
  if (info.namespaced && !isPlaced && verb !== 'list') return genericStatus(405)
  return undefined
}

/** Whether no server answers for a group, so that a path in it is like any other that is unknown. */
export function isNobodys({ table, context: { minor } }: RegistryCore, group: string | undefined): boolean {
  if (group === undefined || group === '' || !apiServerFact('tellsUnknownPathsAsText', minor)) return false
  return table.discovery.versions(group).length === 0
}
