import { conflict, objectModified } from '../../api/status.ts'
import type { Status } from '../../api/types/meta.ts'
import { goQuote } from '../../go/quote.ts'
import type { ServedResource } from './resource-table.ts'

const maxUint64 = 18_446_744_073_709_551_615n

/** The number of a resource version, 0 when there is none; or the error of Go's strconv.ParseUint. */
export function parseResourceVersion(text: string | undefined): number | string {
  if (text === undefined || text === '' || text === '0') return 0
  if (!/^\d+$/.test(text)) return `strconv.ParseUint: parsing ${goQuote(text)}: invalid syntax`
  if (text.length > 19 && BigInt(text) > maxUint64) {
    return `strconv.ParseUint: parsing ${goQuote(text)}: value out of range`
  }
  return Number(text)
}

/** Source: apiserver pkg/storage/interfaces.go, Preconditions.Check; etcd3 key of the object. */
export function uidPreconditionFailed(
  served: ServedResource,
  namespace: string,
  name: string,
  wanted: string,
  found: string,
): Status {
  const place = namespace === '' ? '' : `${namespace}/`
  const key = `/registry/${etcdPrefix(served)}/${place}${name}`
  const message = `Precondition failed: UID in precondition: ${wanted}, UID in object meta: ${found}`
  return conflict(
    served.info,
    name,
    `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${message}`,
  )
}

/** Prefixes that are not the plural. Source: pkg/kubeapiserver/default_storage_factory_builder.go, SpecialDefaultResourcePrefixes. */
const specialPrefixes: Readonly<Record<string, string>> = {
  replicationcontrollers: 'controllers',
  endpoints: 'services/endpoints',
  services: 'services/specs',
  nodes: 'minions',
  ingresses: 'ingress',
  podsecuritypolicies: 'podsecuritypolicy',
}

/** The part of etcd's keys that names the resource: `secrets`, `minions`, `deployments`. */
function etcdPrefix({ info }: ServedResource): string {
  return specialPrefixes[info.resource] ?? info.resource
}

export function modifiedConflict(served: ServedResource, name: string): Status {
  return conflict(served.info, name, objectModified)
}
