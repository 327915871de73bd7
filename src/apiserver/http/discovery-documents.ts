import type { Discovery, ResourceInfo } from '../../api/schema/discovery.ts'
import { schemaOf } from '../../api/schema/schema.ts'
import type { HttpAnswer } from '../../client/server.ts'
import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import { encodeAnswer } from './encode.ts'
import type { Route } from './route.ts'

/** `/api`, `/apis` and below. Source: apiserver pkg/endpoints/discovery. */

/** Answers by what is served: built-in resources are one list for all servers of a version, custom ones make a new list. */
const made = new WeakMap<Discovery['resources'], Map<string, HttpAnswer>>()

/** What is served at a path, made once; undefined: nothing. */
export function discoveryAnswer(
  discovery: Discovery,
  { group, version, isLegacy }: Extract<Route, { kind: 'discovery' }>,
  minor: number,
): HttpAnswer | undefined {
  const known = made.get(discovery.resources) ?? new Map<string, HttpAnswer>()
  made.set(discovery.resources, known)
  // No group or version that is served has a slash or a colon in its name.
  const key = version === undefined ? `${isLegacy ? 'legacy' : 'groups'}:${group ?? ''}` : `${group}/${version}`
  const answered = known.get(key)
  if (answered !== undefined) return answered
  const document =
    version !== undefined
      ? apiResources(group ?? '', version, discovery, minor)
      : isLegacy
        ? legacyVersions()
        : group === undefined
          ? apiGroups(discovery)
          : apiGroup(group, discovery)
  // What is not there is not remembered: anybody may ask for any path.
  if (document === undefined) return undefined
  const answer = encodeAnswer(200, document, 'json')
  known.set(key, answer)
  return answer
}

function legacyVersions(): object {
  return {
    kind: 'APIVersions',
    versions: ['v1'],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '10.96.0.1:443' }],
  }
}

function apiGroups(discovery: Discovery): object {
  return {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: discovery.groups.map((group) => groupEntry(group, discovery)),
  }
}

function apiGroup(group: string, discovery: Discovery): object | undefined {
  if (discovery.versions(group).length === 0) return undefined
  return { kind: 'APIGroup', apiVersion: 'v1', ...groupEntry(group, discovery) }
}

function groupEntry(group: string, discovery: Discovery): object {
  const versions = discovery.versions(group).map((version) => ({ groupVersion: `${group}/${version}`, version }))
  return { name: group, versions, preferredVersion: versions[0] }
}

/** The resources of one version; undefined when there is no such version. */
function apiResources(group: string, version: string, discovery: Discovery, minor: number): object | undefined {
  const infos = discovery.resources.filter((info) => info.group === group && info.version === version)
  if (infos.length === 0) return undefined
  const resources = infos
    .flatMap((info) => [resourceEntry(info, discovery, minor), ...subresourceEntries(info)])
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const groupVersion = group === '' ? version : `${group}/${version}`
  return { kind: 'APIResourceList', ...(group === '' ? {} : { apiVersion: 'v1' }), groupVersion, resources }
}

interface Entry {
  readonly name: string
  readonly [member: string]: unknown
}

/** Resources that are stored under another group or kind, and so have its hash. */
const storedAs: Readonly<Record<string, string>> = {
  'events.k8s.io/events': '',
  'extensions/ingresses': 'networking.k8s.io',
}

function resourceEntry(info: ResourceInfo, discovery: Discovery, minor: number): Entry {
  return {
    name: info.resource,
    // Built-in resources have one, too, from v1.27 on. Source: apiserver pkg/registry/rest/rest.go, SingularNameProvider.
    singularName: info.singularName ?? (has(minor, apiServer.singularNames) ? info.kind.toLowerCase() : ''),
    namespaced: info.namespaced,
    kind: info.kind,
    verbs: info.verbs,
    ...(info.shortNames.length === 0 ? {} : { shortNames: info.shortNames }),
    ...(info.categories.length === 0 ? {} : { categories: info.categories }),
    ...storageHash(info, discovery, minor),
  }
}

/** Only what is stored has a hash: that of the version it is stored in. */
function storageHash(
  info: ResourceInfo,
  discovery: Discovery,
  minor: number,
): { readonly storageVersionHash?: string } {
  if (!info.verbs.includes('watch')) return {}
  const group = storedAs[`${info.group}/${info.resource}`] ?? info.group
  const versions = group === '' ? ['v1'] : discovery.versions(group)
  for (const version of versions) {
    const stored = discovery.resource({ group, version, resource: info.resource })
    if (stored === undefined) continue
    const hash = schemaOf(minor).storageVersionHash({ group, version, kind: stored.kind })
    return hash === undefined ? {} : { storageVersionHash: hash }
  }
  return {}
}

function subresourceEntries(info: ResourceInfo): readonly Entry[] {
  return [...info.subresources.values()].map(({ name, kind, verbs }) => {
    const isOther = kind.group !== info.group || kind.version !== info.version
    return {
      name: `${info.resource}/${name}`,
      singularName: '',
      namespaced: info.namespaced,
      ...(isOther ? { group: kind.group, version: kind.version } : {}),
      kind: kind.kind,
      verbs,
    }
  })
}
