import type { Duration, Event, EventQuery, Sim, UpdateDelay } from '../index.ts'
import { formatDuration } from '../sim/duration.ts'
import { millisecondsOf } from '../sim/input/formats.ts'
import { missing } from './pod-verdicts.ts'
import { holds, isWanted, nameOf, refOf, type Target, type Verdict, type Wanted, wantedText } from './verdict.ts'

/** What holds of files, variables, Events and the ways of Secrets. */

/** What a file must be; only what is given is looked at. */
export interface FileExpectation {
  /** All of it, or a pattern. */
  readonly content?: Wanted
  readonly mode?: number
}

/** That a container sees a file, and what it says. */
export function hasFile(sim: Sim, target: Target, path: string, expected?: Wanted | FileExpectation): Verdict {
  const ref = refOf(target)
  const wanted: FileExpectation =
    typeof expected === 'string' || expected instanceof RegExp ? { content: expected } : (expected ?? {})
  const file = sim.file(ref, path)
  const { content, mode } = wanted
  const pass =
    file !== undefined &&
    (content === undefined || isWanted(file.content, content)) &&
    (mode === undefined || file.mode === mode)
  const parts = [
    ...(content === undefined ? [] : [`say ${wantedText(content)}`]),
    ...(mode === undefined ? [] : [`have mode ${octal(mode)}`]),
  ]
  const found =
    file === undefined
      ? noFile(sim, target)
      : `${file.content === undefined ? file.type : JSON.stringify(file.content)}, mode ${octal(file.mode)}`
  return {
    pass,
    what: [`${path} in ${nameOf(ref)}`, `to ${parts.length === 0 ? 'exist' : parts.join(' and ')}`],
    found,
    ...(file === undefined || content === undefined ? {} : { sides: { expected: content, actual: file.content } }),
    hints: pass || file !== undefined ? [] : siblings(sim, target, path),
  }
}

/** A variable as it was resolved when the container was created. */
export function hasEnv(sim: Sim, target: Target, name: string, value?: Wanted): Verdict {
  const ref = refOf(target)
  const env = sim.env(ref)
  const found = env?.get(name)
  const near = [...(env?.keys() ?? [])].filter((key) => key.toLowerCase() === name.toLowerCase() && key !== name)
  return {
    pass: found !== undefined && (value === undefined || isWanted(found, value)),
    what: [`${name} of ${nameOf(ref)}`, `to be ${value === undefined ? 'set' : wantedText(value)}`],
    found: env === undefined ? noFile(sim, target) : found === undefined ? 'not set' : JSON.stringify(found),
    hints: near.map((key) => `near: ${key} is set`),
    ...(found === undefined || value === undefined ? {} : { sides: { expected: value, actual: found } }),
  }
}

/** What an Event must be like. */
export interface EventExpectation extends EventQuery {
  /** Contained in its message. */
  readonly message?: Wanted
  /** How often, at least. */
  readonly count?: number
}

/** That there is an Event. */
export function hasEvent(sim: Sim, { message, count = 1, ...query }: EventExpectation): Verdict {
  const isRight = (event: Event) => holds(event.message, message) && (event.count ?? 1) >= count
  const events = sim.events(query)
  const words = [
    query.reason,
    ...(query.on === undefined ? [] : [`on ${query.on}`]),
    ...(message === undefined ? [] : [`saying ${wantedText(message)}`]),
    ...(count === 1 ? [] : [`at least ${count} times`]),
  ]
  const { reason: _reason, ...others } = query
  const near = events.length > 0 ? [] : sim.events(others).slice(-3)
  return {
    pass: events.some(isRight),
    what: ['an event', words.filter((word) => word !== undefined).join(' ')],
    found: events.length === 0 ? 'no such event' : events.map(eventText).join('; '),
    hints: near.map((event) => `near: ${eventText(event)}`),
  }
}

function eventText({ reason, message, count = 1, involvedObject: { kind = '', name } }: Event): string {
  return `${reason} on ${kind.toLowerCase()}/${name}: ${message}${count > 1 ? ` (x${count})` : ''}`
}

/**
 * That every place of a container that has the Secret sees its newest value within so much time from its writing. Lets time
 * pass until that is so, or can't be any more.
 */
export function seesSecretWithin(sim: Sim, target: Target, secret: string, within: Duration): Verdict {
  const ref = refOf(target)
  const namespace = ref.namespace ?? 'default'
  const newest = (): readonly UpdateDelay[] => newestOf(sim, secret, ref, namespace)
  const limit = millisecondsOf(within)
  const [first] = newest()
  const deadline = (first?.updatedAt ?? 0) + limit
  const isOpen = () => newest().some(({ visibleAt, never }) => visibleAt === undefined && never === undefined)
  if (isOpen() && sim.now() < deadline) sim.runUntil(() => !isOpen(), { within: deadline - sim.now() })
  const rows = newest()
  const isSeen = ({ visibleAt, updatedAt }: UpdateDelay) => visibleAt !== undefined && visibleAt - updatedAt <= limit
  return {
    pass: rows.length > 0 && rows.every(isSeen),
    what: [nameOf(ref), `to see secret ${secret} within ${formatDuration(limit)}`],
    found: rows.length === 0 ? noUpdate(sim, secret, namespace, target) : rows.map(rowText).join('; '),
    hints: rows.flatMap(({ cure }) => (cure === undefined ? [] : [`cure: ${cure}`])),
  }
}

/** What became of the newest version in the places of a container, or of all of the Pod. */
function newestOf(
  sim: Sim,
  secret: string,
  { pod, container }: { readonly pod: string; readonly container?: string },
  namespace: string,
): readonly UpdateDelay[] {
  const rows = sim
    .delays(secret, namespace)
    .filter((row) => row.pod === pod && (container === undefined || row.container === container))
  const newest = rows.reduce((last, { updatedAt }) => Math.max(last, updatedAt), Number.NEGATIVE_INFINITY)
  return rows.filter(({ updatedAt }) => updatedAt === newest)
}

function rowText({ container, way, where, visibleAt, updatedAt, never }: UpdateDelay): string {
  const place = `${container} by ${way}${where === undefined ? '' : ` ${where}`}`
  if (visibleAt !== undefined) return `${place} after ${formatDuration(visibleAt - updatedAt)}`
  return never === undefined ? `${place} not yet` : `${place} never: ${never}`
}

function noUpdate(sim: Sim, secret: string, namespace: string, target: Target): string {
  if (sim.get('Secret', secret, namespace) === undefined) return `there is no secret ${namespace}/${secret}`
  const { pod } = refOf(target)
  if (sim.get('Pod', pod, namespace) === undefined) return missing(sim, pod, namespace)
  return `it was not written while the Pod ran, or the Pod does not use it`
}

/** That a node holds values of a Secret: in its kubelet's cache or in a file. */
export function nodeHoldsSecret(sim: Sim, node: string, secret: string, namespace = 'default'): Verdict {
  const pass = sim.holdsSecret(node, secret, namespace)
  const users = sim
    .list('Pod', { namespace })
    .filter(({ spec }) => spec.nodeName === node)
    .map(({ metadata }) => metadata.name)
  return {
    pass,
    what: [node, `to hold secret ${secret}`],
    found: pass ? 'it does, in its cache or in a file' : 'it does not',
    hints: [`pods of ${namespace} on it: ${users.length === 0 ? 'none' : users.slice(0, 8).join(', ')}`],
  }
}

function noFile(sim: Sim, target: Target): string {
  const { pod, namespace } = refOf(target)
  if (sim.get('Pod', pod, namespace) === undefined) return missing(sim, pod, namespace)
  return sim.env(refOf(target)) === undefined ? 'the container was not created' : 'no such file'
}

/** What lies beside a file that is not there. */
function siblings(sim: Sim, target: Target, path: string): readonly string[] {
  const folder = path.slice(0, path.lastIndexOf('/')) || '/'
  const listed = sim.env(refOf(target)) === undefined ? undefined : sim.exec(refOf(target), ['ls', folder])
  return listed === undefined || listed.exitCode !== 0
    ? []
    : [`near: ${folder} has ${listed.stdout.trim().split('\n').join(', ') || 'nothing'}`]
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0')
}
