import type { KubeList, KubeObject, Status } from '../../api/types/meta.ts'
import { objectAnswer } from '../../client/answered-object.ts'
import type { HttpAnswer } from '../../client/server.ts'
import { toGoYaml } from '../../go/yaml/go-yaml.ts'
import { withManagedFieldsToSee } from '../ownership/ownership.ts'
import { protobufType } from './negotiate.ts'
import { protobufOf } from './protobuf-answer.ts'
import { isList } from './transform.ts'

interface Writing {
  /** `?pretty=true`. */
  readonly isPretty?: boolean
  /** What the text is written from, as far as that differs from the object in order alone. */
  readonly inOrder?: (object: object) => object
}

/** An answer as bytes. Source: apiserver pkg/endpoints/handlers/responsewriters/writers.go. */
export function encodeAnswer(
  code: number,
  object: object,
  format: 'json' | 'yaml',
  { isPretty = false, inOrder = same }: Writing = {},
): HttpAnswer {
  const headers = headersOf(object, format === 'json' ? 'application/json' : 'application/yaml')
  if (format === 'yaml') return { code, headers, body: toGoYaml(object) }
  return objectAnswer(code, headers, object, () => {
    const json = JSON.stringify(inOrder(object), undefined, isPretty ? 2 : undefined)
    return `${escapeHtml(json)}\n`
  })
}

const same = (object: object): object => object

/** An answer in protobuf. */
export function protobufAnswer(code: number, object: object, minor: number): HttpAnswer {
  return { code, headers: headersOf(object, protobufType), body: '', bytes: protobufOf(object, minor) }
}

function headersOf(object: object, type: string): Record<string, string> {
  const retry = retryAfter(object)
  return {
    'content-type': type,
    'cache-control': 'no-cache, private',
    ...(retry === undefined ? {} : { 'retry-after': String(retry) }),
  }
}

function retryAfter(object: object): number | undefined {
  const { kind, details } = object as Partial<Status> // any object may be asked for these
  return kind === 'Status' ? details?.retryAfterSeconds : undefined
}

/** Characters that Go writes as escapes: those of HTML, and the two line separators of JavaScript. */
const unsafe = /[<>&\u2028\u2029]/g

export function escapeHtml(json: string): string {
  return json.replace(unsafe, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** An object on the wire: kind and version first; items of a list without them, as typed lists are. */
export function onWire(object: KubeObject | KubeList): object {
  if (!isList(object)) {
    const { kind, apiVersion, ...rest } = withManagedFieldsToSee(object)
    return { kind, apiVersion, ...rest }
  }
  const items = object.items.map(withManagedFieldsToSee).map(({ kind: _kind, apiVersion: _version, ...rest }) => rest)
  return { kind: object.kind, apiVersion: object.apiVersion, metadata: object.metadata, items }
}

/** What Go's http.NotFound answers. */
export function pageNotFound(): HttpAnswer {
  return plainText(404, '404 page not found\n')
}

export function plainText(code: number, body: string): HttpAnswer {
  return { code, headers: { 'content-type': 'text/plain; charset=utf-8' }, body }
}
