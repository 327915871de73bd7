import { compareVersions, type Discovery, type ResourceInfo } from '../../api/schema/discovery.ts'
import type { ResourceRef } from '../../api/types/meta.ts'

/** Discovery that grows and shrinks with CustomResourceDefinitions: built-in resources first, then theirs by group. */
export interface CustomDiscovery {
  readonly discovery: Discovery
  /** The versions of a custom resource that are served from now on. */
  replace(group: string, resource: string, infos: readonly ResourceInfo[]): void
}

export function createCustomDiscovery(builtIn: Discovery): CustomDiscovery {
  const added = new Map<string, readonly ResourceInfo[]>()
  let byKey = new Map<string, ResourceInfo>()
  const versions = new Map<string, readonly string[]>()
  const discovery = {
    resources: builtIn.resources,
    groups: builtIn.groups,
    resource: (ref: ResourceRef) => builtIn.resource(ref) ?? byKey.get(keyOf(ref)),
    versions: (group: string) => versions.get(group) ?? builtIn.versions(group),
  }
  return {
    discovery,
    replace(group, resource, infos) {
      if (infos.length === 0) added.delete(`${group}/${resource}`)
      else added.set(`${group}/${resource}`, infos)
      const all = [...added.values()].flat()
      byKey = new Map(all.map((info) => [keyOf(info), info]))
      discovery.resources = [...builtIn.resources, ...[...all].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))]
      versions.clear()
      for (const { group: of } of all) {
        const known = new Set([
          ...builtIn.versions(of),
          ...all.filter((info) => info.group === of).map((info) => info.version),
        ])
        versions.set(of, [...known].sort(compareVersions))
      }
      const own = [...versions.keys()].filter((of) => !builtIn.groups.includes(of)).sort()
      discovery.groups = [...builtIn.groups, ...own]
    },
  }
}

function keyOf({ group, version, resource }: Pick<ResourceInfo, 'group' | 'version' | 'resource'>): string {
  return `${group}/${version}/${resource}`
}
