import type { Discovery, ResourceInfo, SubresourceInfo } from '../../api/schema/discovery.ts'
import type { KindRef } from '../../api/schema/schema.ts'
import { withHeaders } from '../../client/answered-object.ts'
import type { HttpAnswer } from '../../client/server.ts'
import type { RegistryCore } from '../registry/core.ts'
import { apiServerFact } from '../version-facts.ts'
import { encodeAnswer } from './encode.ts'
import type { Route } from './route.ts'

/**
 * All of `/api` or `/apis` in one answer, where the client asks for it. Undefined: it is answered as ever.
 * Source: apiserver pkg/endpoints/discovery/aggregated/{handler,negotiation}.go.
 */
export function aggregatedDiscovery(
  core: RegistryCore,
  { group, version, isLegacy }: Extract<Route, { kind: 'discovery' }>,
  accept = '',
): HttpAnswer | undefined {
  if (version !== undefined || (group !== undefined && !isLegacy)) return undefined
  const asked = accept
    .split(',')
    .map(
      (clause) =>
        /^\s*application\/json\s*;(?=.*\bas=APIGroupDiscoveryList\b)(?=.*\bg=apidiscovery\.k8s\.io\b).*\bv=(\w+)/.exec(
          clause,
        )?.[1],
    )
    .find((each) => each !== undefined && isServed(each, core.context.minor))
  if (asked === undefined) return undefined
  const { discovery } = core.table
  const groups = isLegacy ? [''] : discovery.groups
  const list = {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${asked}`,
    metadata: {},
    items: groups.map((name) => groupItem(name, discovery)),
  }
  const answer = encodeAnswer(200, list, 'json')
  const type = `application/json;g=apidiscovery.k8s.io;v=${asked};as=APIGroupDiscoveryList`
  return withHeaders(answer, { ...answer.headers, 'content-type': type, vary: 'Accept' })
}

function isServed(version: string, minor: number): boolean {
  if (version === 'v2') return apiServerFact('aggregatesDiscoveryV2', minor)
  return version === 'v2beta1' && apiServerFact('aggregatesDiscoveryBeta', minor)
}

function groupItem(group: string, discovery: Discovery): object {
  const versions = group === '' ? ['v1'] : discovery.versions(group)
  return {
    metadata: { ...(group === '' ? {} : { name: group }), creationTimestamp: null },
    versions: versions.map((version) => ({
      version,
      resources: discovery.resources
        .filter((info) => info.group === group && info.version === version)
        .sort((a, b) => (a.resource < b.resource ? -1 : 1))
        .map(resourceItem),
      freshness: 'Current',
    })),
  }
}

function resourceItem(info: ResourceInfo): object {
  const { group, version, resource, kind, namespaced, singularName, verbs, shortNames, categories, subresources } = info
  return {
    resource,
    responseKind: { group, version, kind },
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singularName ?? kind.toLowerCase(),
    verbs,
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
    ...(subresources.size === 0 ? {} : { subresources: [...subresources.values()].map(subresourceItem) }),
  }
}

function subresourceItem({ name, kind, verbs }: SubresourceInfo): object {
  const responseKind: KindRef = kind
  return { subresource: name, responseKind, verbs }
}
