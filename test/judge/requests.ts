import { parse as parseYaml } from 'yaml'
import type { HttpAnswer, HttpStream } from '../../src/client/server.ts'
import {
  type JudgedCluster,
  type KubectlStep,
  type RequestVector,
  type RowResult,
  type RunOptions,
  unknownToken,
  type VectorRequest,
  type VectorResponse,
  type VectorStep,
  vectorUser,
} from './request-vector.ts'
import { Bindings, expandBig, isRecord, unify, unifyUnordered } from './unify.ts'

/** What a row says that another judge looks at. */
export const judgedElsewhere = 'timelines are judged elsewhere'

/** Runs request vectors (README-real-cluster.md) against a cluster and says row by row what differs. */

export type { JudgedCluster, KubectlStep, RequestVector, RowResult }

/**
 * One row for each step that can be judged. `makeCluster` gives a cluster in which the vector's namespace exists with its
 * account and token, and the vector's gates are set.
 */
export function runRequestVector(
  vector: RequestVector,
  makeCluster: (vector: RequestVector) => JudgedCluster,
  { settleMs = 100, isOrderJudged = true }: RunOptions = {},
): readonly RowResult[] {
  const settle = typeof settleMs === 'number' ? () => settleMs : settleMs
  const run = new VectorRun(vector, makeCluster(vector), settle, new Bindings(isOrderJudged))
  return run.rows()
}

interface OpenStream {
  readonly lines: unknown[]
  isOver: boolean
  readonly code: number
  /** Of a watch that was answered with an ordinary body. */
  readonly body?: unknown
}

class VectorRun {
  private readonly bindings: Bindings
  private readonly streams = new Map<number, OpenStream>()
  private readonly vector: RequestVector
  private readonly cluster: JudgedCluster
  private readonly settleMs: (step: number) => number

  constructor(vector: RequestVector, cluster: JudgedCluster, settleMs: (step: number) => number, bindings: Bindings) {
    this.bindings = bindings
    this.vector = vector
    this.cluster = cluster
    this.settleMs = settleMs
  }

  rows(): readonly RowResult[] {
    const steps = this.vector.steps ?? []
    const rows: RowResult[] = []
    steps.forEach((step, at) => {
      steps.forEach((later, index) => {
        if (later.watch?.openedBeforeStep === at) this.open(index, later.watch, later.response)
      })
      const diff = this.step(step, at)
      if (diff !== 'not judged') rows.push({ row: `${this.vector.name}#${at}`, passed: diff === '', diff })
    })
    return rows
  }

  private step(step: VectorStep, at: number): string {
    if (step.request !== undefined && step.response !== undefined) {
      const diff = this.request(step.request, step.response)
      const ms = this.settleMs(at)
      // With no time at all the next request comes before anybody has heard of this one.
      if (ms > 0) this.cluster.advance(ms)
      return diff
    }
    if (step.watch !== undefined && step.response !== undefined) return this.watched(at, step.watch.path, step.response)
    if (step.waitSeconds !== undefined) {
      this.cluster.advance(Math.round(step.waitSeconds * 1000))
      return 'not judged'
    }
    if (step.gate !== undefined) {
      this.cluster.setGate?.(step.gate === 'on')
      return 'not judged'
    }
    if (step.events !== undefined) return this.events(step.events)
    if (step.kubectl !== undefined) return this.kubectl(step as unknown as KubectlStep)
    return judgedElsewhere
  }

  /** The value for each placeholder in a request; one that no answer gave is made up. */
  private fill(text: string, response: VectorResponse): string {
    return text.replace(/<(?:uid|rv|rand|hash|continue)-\d+>/g, (placeholder) => {
      const known = this.bindings.values.get(placeholder)
      if (known !== undefined) return known
      if (placeholder.startsWith('<rand-')) return this.findRandom(text, placeholder)
      if (placeholder.startsWith('<uid-')) {
        const made = `00000000-0000-4000-8000-${placeholder.replace(/\D/g, '').padStart(12, '0')}`
        this.bindings.values.set(placeholder, made)
        return made
      }
      return placeholder.startsWith('<rv-') ? inventedVersion(response) : placeholder
    })
  }

  /** The random letters in a path to an object that no answer named: there is but one of its prefix. */
  private findRandom(path: string, placeholder: string): string {
    const match = /^(.*)\/([^/]*)$/.exec(path.split('?')[0]?.split(placeholder)[0] ?? '')
    if (match === null) return placeholder
    const [, collection = '', prefix = ''] = match
    const list = this.send({ user: 'admin', method: 'GET', path: collection }, { code: 200 })
    const body = 'read' in list ? undefined : parseJson(list.body)
    const items: readonly unknown[] = isRecord(body) && Array.isArray(body.items) ? body.items : []
    for (const item of items) {
      const name = isRecord(item) && isRecord(item.metadata) ? String(item.metadata.name) : ''
      if (name.startsWith(prefix) && name.length === prefix.length + 5) return name.slice(prefix.length)
    }
    return placeholder
  }

  private send(request: VectorRequest, response: VectorResponse): HttpAnswer | HttpStream {
    const text = request.bodyText ?? (request.body === undefined ? '' : JSON.stringify(expandBig(request.body)))
    const body = this.fill(text, response).replaceAll('<time>', '2020-05-01T00:00:00Z')
    return this.cluster.http({
      user: vectorUser(request.user),
      method: request.method,
      path: this.fill(request.path, response),
      headers: {
        'user-agent': 'podsim-vectors/1.0',
        ...(request.user === unknownToken ? { authorization: `Bearer ${unknownToken}` } : {}),
        accept: request.accept ?? 'application/json',
        ...(request.contentType === undefined || request.contentType === ''
          ? {}
          : { 'content-type': request.contentType }),
        ...Object.fromEntries(Object.entries(request.headers ?? {}).map(([key, value]) => [key.toLowerCase(), value])),
      },
      body,
    })
  }

  private request(request: VectorRequest, response: VectorResponse): string {
    const answer = this.send(request, response)
    if ('read' in answer) {
      const stream = this.follow(answer)
      this.drain(stream)
      // A stream of one line was recorded as a body.
      const expected = response.stream ?? (response.body === undefined ? [] : [response.body])
      return this.compareEvents(expected, stream.lines)
    }
    if (answer.code !== response.code) {
      return `code: expected ${response.code} ${JSON.stringify(response.body)?.slice(0, 600)}, got ${answer.code} ${answer.body.slice(0, 600)}`
    }
    for (const [name, value] of Object.entries(response.headers ?? {})) {
      const found = lastOf(name, answer.headers[name.toLowerCase()])
      if (found !== value) return `header ${name}: expected ${value}, got ${found}`
    }
    return this.compareBody(request, response, answer)
  }

  private compareBody(request: VectorRequest, response: VectorResponse, answer: HttpAnswer): string {
    if (response.bodyText !== undefined) {
      if (response.contentType?.includes('yaml') === true) {
        return this.compareYaml(response.bodyText, answer.body)
      }
      return unify(response.bodyText, answer.body, this.bindings) ?? ''
    }
    if (response.body === undefined) return ''
    const actual: unknown = parseJson(answer.body)
    const expected = withGeneratedName(request, response.body)
    const found = actual
    const isUnordered = /[?&]resourceVersion=/.test(request.path) && request.method === 'GET'
    if (
      isUnordered &&
      isRecord(expected) &&
      isRecord(found) &&
      Array.isArray(expected.items) &&
      Array.isArray(found.items)
    ) {
      const { items, ...rest } = expected
      const { items: foundItems, ...foundRest } = found
      return (
        unify(rest, foundRest, this.bindings) ??
        unifyUnordered(items, foundItems as unknown[], this.bindings, '.items') ??
        ''
      )
    }
    const hidden = request.path === '/version' ? ignoreBuild(expected, found) : [expected, found]
    return unify(hidden[0], hidden[1], this.bindings) ?? ''
  }

  /** YAML holds managedFields, and versions as recorded. */
  private compareYaml(expected: string, actual: string): string {
    const [left, right] = [parseYaml(expected), parseYaml(actual)]
    for (const side of [left, right]) {
      if (isRecord(side) && isRecord(side.metadata)) side.metadata.resourceVersion = ''
    }
    return unify(left, right, this.bindings) ?? ''
  }

  private open(at: number, watch: NonNullable<VectorStep['watch']>, response: VectorResponse = { code: 200 }): void {
    const request: VectorRequest = { user: watch.user, method: 'GET', path: watch.path }
    const answer = this.send(request, response)
    if ('read' in answer) {
      this.streams.set(at, this.follow(answer))
      return
    }
    this.streams.set(at, { lines: [], isOver: true, code: answer.code, body: parseJson(answer.body) })
  }

  private follow(answer: HttpStream): OpenStream {
    const stream: OpenStream = { lines: [], isOver: false, code: answer.code }
    answer.read({
      chunk: (text) => stream.lines.push(parseJson(text)),
      end: () => {
        stream.isOver = true
      },
    })
    return stream
  }

  /** Lets time pass until the stream ends, an hour at most. */
  private drain(stream: OpenStream): void {
    for (let second = 0; !stream.isOver && second < 3600; second++) this.cluster.advance(1000)
  }

  private watched(at: number, path: string, response: VectorResponse): string {
    const stream = this.streams.get(at)
    if (stream === undefined) return `the watch on ${path} was never opened`
    this.drain(stream)
    if (stream.code !== response.code) return `code: expected ${response.code}, got ${stream.code}`
    if (response.body !== undefined) {
      return unify(response.body, stream.body, this.bindings) ?? ''
    }
    return this.compareEvents(response.events ?? [], stream.lines)
  }

  /** A watch begins with what is there, in no order. */
  private compareEvents(expected: readonly unknown[], actual: readonly unknown[]): string {
    const [left, right] = [expected, actual]
    const trial = this.bindings.copy()
    const different = unify(left, right, trial)
    if (different === undefined) {
      this.bindings.take(trial)
      return ''
    }
    const isAdded = (event: unknown): boolean => isRecord(event) && event.type === 'ADDED'
    const first = left.findIndex((event) => !isAdded(event))
    const count = first < 0 ? left.length : first
    if (count < 2 || right.slice(0, count).some((event) => !isAdded(event))) return different
    const start = unifyUnordered(left.slice(0, count), right.slice(0, count), this.bindings, 'events')
    return start ?? unify(left.slice(count), right.slice(count), this.bindings, 'events') ?? ''
  }

  /** The events of the namespace by now, compared by the members that the recording lists. */
  private events(expected: readonly Record<string, unknown>[]): string {
    const path = `/api/v1/namespaces/${this.vector.namespace}/events`
    const answer = this.send({ user: 'admin', method: 'GET', path }, { code: 200 })
    if ('read' in answer) return 'a list came as a stream'
    const list = parseJson(answer.body)
    const items = isRecord(list) && Array.isArray(list.items) ? list.items : []
    const shown = items.map((item: unknown) => summaryOf(item, expected[0] ?? {}))
    return unifyUnordered(expected, shown, this.bindings, 'events') ?? ''
  }

  private kubectl(step: KubectlStep): string {
    const result = this.cluster.kubectl?.(step)
    if (result === undefined) return 'no kubectl in this cluster'
    const { stdout, stderr, exit } = step
    return unify({ stdout, stderr, exit }, { ...result }, this.bindings) ?? ''
  }
}

/** Of several warnings the recording kept the last. */
function lastOf(header: string, value: string | undefined): string | undefined {
  return header.toLowerCase() === 'warning' ? value?.match(/299 - "(?:[^"\\]|\\.)*"/g)?.at(-1) : value
}

/** The members of an event that the recording shows. */
function summaryOf(event: unknown, like: Record<string, unknown>): Record<string, unknown> {
  if (!isRecord(event)) return {}
  const about = isRecord(event.involvedObject) ? event.involvedObject : {}
  const source = isRecord(event.source) ? event.source : {}
  const known: Record<string, unknown> = {
    ...event,
    kind: about.kind,
    name: about.name,
    object: `${String(about.kind)}/${String(about.name)}`,
    fieldPath: about.fieldPath,
    component: source.component,
    source: source.component,
    // An event of events.k8s.io has none.
    count: event.count ?? null,
    metadataName: isRecord(event.metadata) ? event.metadata.name : undefined,
  }
  const shown: Record<string, unknown> = {}
  for (const key of Object.keys(like)) {
    const part = like[key]
    // Of an object within the event only what the recording shows of it.
    if (isRecord(part) && isRecord(known[key])) shown[key] = pick(known[key], Object.keys(part))
    else if (known[key] !== undefined) shown[key] = known[key]
  }
  return shown
}

function pick(from: Record<string, unknown>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(keys.map((key) => [key, from[key]]))
}

/** A generated name without a dash before its five letters was not masked in the recording. */
function withGeneratedName(request: VectorRequest, expected: unknown): unknown {
  const meta = isRecord(request.body) && isRecord(request.body.metadata) ? request.body.metadata : {}
  const prefix = expandBig(meta.generateName)
  if (typeof prefix !== 'string' || prefix.endsWith('-') || typeof meta.name === 'string') return expected
  if (!isRecord(expected) || !isRecord(expected.metadata) || typeof expected.metadata.name !== 'string') return expected
  const { name } = expected.metadata
  if (name.includes('<')) return expected
  const masked = JSON.stringify(expected).replaceAll(name, `${name.slice(0, -5)}<rand-99>`)
  return JSON.parse(masked)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** No run gets so far. */
const futureVersion = '999999999'

/** A version that the recording masked although no answer held it; the answer tells which kind it was. */
function inventedVersion(response: VectorResponse): string {
  const message = isRecord(response.body) && typeof response.body.message === 'string' ? response.body.message : ''
  const quoted = /strconv\.ParseUint: parsing "([^"]*)"/.exec(message)?.[1]
  if (quoted !== undefined) return quoted
  if (message.includes('Too large resource version') || response.events?.length === 0) return futureVersion
  return response.code < 400 ? '0' : '1'
}

/** `<build>` in /version is not judged: which tools built it, when, from what. */
function ignoreBuild(expected: unknown, actual: unknown): readonly [unknown, unknown] {
  if (!isRecord(expected) || !isRecord(actual)) return [expected, actual]
  const kept = (side: Record<string, unknown>) => ({
    major: side.major,
    minor: side.minor,
    gitVersion: side.gitVersion,
  })
  return [kept(expected), kept(actual)]
}
