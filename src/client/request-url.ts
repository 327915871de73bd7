import type { ResourceRef } from '../api/types/meta.ts'
import type { ObjectKey, WatchOptions } from './client.ts'

/**
 * The URL of a request and the errors that client-go makes around it. Built only when a request fails: no hot path.
 * Source: client-go rest/request.go URL; Go net/http Client.Do, net/url Error.
 */

export interface RequestLine {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly resource: ResourceRef
  readonly key: Partial<ObjectKey>
  readonly subresource?: string | undefined
  readonly query?: WatchOptions & { readonly watch?: boolean }
}

/** `/api/v1/namespaces/default/secrets/x?resourceVersion=0`: query keys in the order of their names. */
function requestPath(line: RequestLine): string {
  const { resource, key, subresource, query = {} } = line
  const base = resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`
  const namespace = key.namespace === undefined || key.namespace === '' ? '' : `/namespaces/${key.namespace}`
  const name = key.name === undefined ? '' : `/${key.name}`
  const tail = subresource === undefined ? '' : `/${subresource}`
  const parameters: readonly (readonly [string, string | number | boolean | undefined])[] = [
    ['allowWatchBookmarks', query.allowWatchBookmarks],
    ['continue', query.continue],
    ['fieldSelector', query.fieldSelector],
    ['labelSelector', query.labelSelector],
    ['limit', query.limit],
    ['resourceVersion', query.resourceVersion],
    ['timeoutSeconds', query.timeoutSeconds],
    ['watch', query.watch],
  ]
  const set = parameters.flatMap(([parameter, value]) =>
    value === undefined ? [] : [`${parameter}=${encodeURIComponent(value)}`],
  )
  return `${base}${namespace}/${resource.resource}${name}${tail}${set.length === 0 ? '' : `?${set.join('&')}`}`
}

/** `Get "https://host:443/api/v1/...": <cause>`, as Go from 1.14 on prints url.Error. */
export function urlError(line: RequestLine, server: string, cause: string): string {
  const op = `${line.method.charAt(0)}${line.method.slice(1).toLowerCase()}`
  return `${op} "https://${server}${requestPath(line)}": ${cause}`
}
