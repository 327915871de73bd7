import type { ResourceInfo } from '../../api/schema/discovery.ts'
import { dns1123Subdomain, maskTrailingDash } from '../../api/validation/formats.ts'
import { pathSegmentName } from '../../api/validation/validate-meta.ts'
import type { Strategy } from './strategy.ts'

/** Groups whose names may be anything that fits a path: roles are called `system:node`. Source: pkg/apis/rbac/validation. */
const anyNameGroups: ReadonlySet<string> = new Set(['rbac.authorization.k8s.io', 'authorization.k8s.io'])

/** How resources without a strategy of their own are kept: stored and read back, metadata validated. */
export function genericStrategy(info: ResourceInfo, minor: number): Strategy {
  return {
    resource: { group: info.group, version: info.version, resource: info.resource },
    kind: info.kind,
    namespaced: info.namespaced,
    hasStatus: info.subresources.has('status'),
    validateName: anyNameGroups.has(info.group)
      ? pathSegmentName
      : (name, isPrefix) => dns1123Subdomain(maskTrailingDash(name, isPrefix), minor),
  }
}
