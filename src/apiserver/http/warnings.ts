import { withHeaders } from '../../client/answered-object.ts'
import type { HttpAnswer, HttpStream } from '../../client/server.ts'
import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import { deprecationText } from '../../versions/deprecated-kinds.ts'
import type { ServedResource } from '../registry/resource-table.ts'

/** Warnings of an answer. Source: apiserver pkg/endpoints/filters/warning.go. */

/** Longest warnings of one answer together, and of one of them once that is passed, in characters. */
const totalMax = 4 * 1024
const itemMax = 256

/**
 * What is said of a kind that is asked for, whatever comes of it. Sources: apiserver pkg/endpoints/installer.go,
 * registerResourceHandlers; of custom resources apiextensions-apiserver pkg/apiserver/customresource_handler.go, serveResource.
 */
export function deprecationOf(
  { apiVersion, info, deprecation }: ServedResource,
  subresource: string,
  minor: number,
): string | undefined {
  if (subresource !== '' && subresource !== 'status') return undefined
  if (deprecation !== undefined) return has(minor, apiServer.definitionsAreDeprecated) ? deprecation : undefined
  return deprecationText(apiVersion, info.kind, minor)
}

export class Warnings {
  readonly #texts: string[] = []

  constructor(first: string | undefined) {
    if (first !== undefined) this.add(first)
  }

  add(text: string): void {
    if (text !== '' && !this.#texts.includes(text) && !/\p{Cc}/u.test(text)) this.#texts.push(text)
  }

  /** The value of the header, several joined as HTTP lets one; undefined without any. */
  header(): string | undefined {
    if (this.#texts.length === 0) return undefined
    const total = this.#texts.reduce((sum, text) => sum + [...text].length, 0)
    return (total <= totalMax ? this.#texts : cut(this.#texts)).map((text) => `299 - ${quoted(text)}`).join(', ')
  }
}

/** Each one is cut, and those go that stand behind a full header. */
function cut(texts: readonly string[]): readonly string[] {
  const kept: string[] = []
  let written = 0
  for (const text of texts) {
    if (written >= totalMax) break
    const chars = [...text].slice(0, itemMax)
    written += chars.length
    kept.push(chars.join(''))
  }
  return kept
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}

/** An answer with its warnings, if there are any. */
export function withWarnings(answer: HttpAnswer, warnings: Warnings): HttpAnswer
export function withWarnings(answer: HttpAnswer | HttpStream, warnings: Warnings): HttpAnswer | HttpStream
export function withWarnings(answer: HttpAnswer | HttpStream, warnings: Warnings): HttpAnswer | HttpStream {
  const warning = warnings.header()
  if (warning === undefined) return answer
  const headers = { ...answer.headers, warning }
  return 'read' in answer ? { ...answer, headers } : withHeaders(answer, headers)
}
