import type { ResourceRef } from '../../api/types/meta.ts'

/** What a path asks for. Source: apiserver pkg/endpoints/request/requestinfo.go. */
export type Route =
  | {
      readonly kind: 'resource'
      readonly resource: ResourceRef
      readonly namespace: string | undefined
      readonly name: string | undefined
      readonly subresource: string
      readonly isWatch: boolean
    }
  /** `/api`, `/apis`, `/api/v1`, `/apis/apps`, `/apis/apps/v1`. */
  | {
      readonly kind: 'discovery'
      readonly group: string | undefined
      readonly version: string | undefined
      readonly isLegacy: boolean
    }
  | { readonly kind: 'other' }

/** Query parameters, decoded; a name that comes twice keeps its first value. */
export type Query = ReadonlyMap<string, string>

const noQuery: Query = new Map()

export function splitPath(path: string): { readonly path: string; readonly query: Query } {
  const mark = path.indexOf('?')
  if (mark < 0) return { path, query: noQuery }
  const query = new Map<string, string>()
  for (const part of path.slice(mark + 1).split('&')) {
    if (part === '') continue
    const equals = part.indexOf('=')
    const name = unescapeQuery(equals < 0 ? part : part.slice(0, equals))
    if (!query.has(name)) query.set(name, equals < 0 ? '' : unescapeQuery(part.slice(equals + 1)))
  }
  return { path: path.slice(0, mark), query }
}

/** A name or value of a query, decoded. */
export function unescapeQuery(text: string): string {
  return unescapePath(text.replaceAll('+', ' '))
}

/** Percent escapes decoded; what is none stays as it is. */
function unescapePath(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

export function parseRoute(path: string): Route {
  const parts: string[] = []
  for (let start = 0; start < path.length; ) {
    const slash = path.indexOf('/', start)
    const end = slash < 0 ? path.length : slash
    if (end > start) parts.push(unescapePath(path.slice(start, end)))
    start = end + 1
  }
  const root = parts.shift()
  if (root !== 'api' && root !== 'apis') return { kind: 'other' }
  const isLegacy = root === 'api'
  const group = isLegacy ? '' : parts.shift()
  const version = parts.shift()
  if (version === undefined || parts.length === 0) return { kind: 'discovery', group, version, isLegacy }
  const isWatch = parts[0] === 'watch' && parts.length > 1
  if (isWatch) parts.shift()
  let namespace: string | undefined
  if (parts[0] === 'namespaces' && parts.length > 2 && !namespaceSubresources.has(parts[2] ?? '')) {
    namespace = parts[1]
    parts.splice(0, 2)
  }
  const [resource = '', name, ...rest] = parts
  return {
    kind: 'resource',
    resource: { group: group ?? '', version, resource },
    namespace,
    name,
    subresource: rest.join('/'),
    isWatch,
  }
}

/** Below a Namespace these are its own parts, not resources in it. Source: requestinfo.go, namespaceSubresources. */
const namespaceSubresources: ReadonlySet<string> = new Set(['status', 'finalize'])
