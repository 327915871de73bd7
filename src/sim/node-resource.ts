/**
 * Whether a node can offer a resource of this name beside cores, memory and Pods.
 * Source: pkg/apis/core/v1/helper/helpers.go, IsExtendedResourceName, IsHugePageResourceName.
 */
export function isNodeResource(name: string): boolean {
  const isKnown = name === 'ephemeral-storage' || /^hugepages-\d+[KMG]i$/.test(name)
  const isExtended = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?\/[A-Za-z0-9]([\w.-]*[A-Za-z0-9])?$/.test(name)
  return isKnown || (isExtended && !/(^|\.)kubernetes\.io\//.test(name) && !name.startsWith('requests.'))
}
