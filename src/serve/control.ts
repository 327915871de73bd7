import { decide } from '../scenario/expect/expect.ts'
import { loadScenarios } from '../scenario/load.ts'
import { drained, endless } from '../scenario/slices.ts'
import { formatInstant, parseDuration } from '../sim/duration.ts'
import type { Fault } from '../sim/sim.ts'
import { SimUsageError } from '../sim/usage-error.ts'
import { callerOf } from './callers.ts'
import { type Answering, type Asked, headersOf, reply } from './http/messages.ts'
import { readBody } from './http/read-body.ts'
import type { Room } from './room.ts'

/** Paths below this are podsim's own: for the administrator alone. */
export const controlPrefix = '/podsim/'

const bodyMaxBytes = 256 * 1024

interface Answer {
  readonly code: number
  readonly body: object
}

/** Answers requests about the served cluster itself: its clock, accidents, expectations. */
export async function answerControl(room: Room, request: Asked, response: Answering): Promise<void> {
  const caller = callerOf(headersOf(request), request.socket, room.token)
  if (caller?.isAdministrator !== true) {
    say(response, { code: 403, body: { error: 'only the administrator of the kubeconfig may do this' } })
    return
  }
  const body = request.method === 'GET' ? undefined : await readBody(request, bodyMaxBytes)
  if (body !== undefined && body.kind !== 'bytes') {
    say(response, { code: 413, body: { error: `a body has at most ${bodyMaxBytes} bytes` } })
    return
  }
  say(response, controlled(room, request, body === undefined ? '' : Buffer.from(body.bytes).toString()))
}

function say(response: Answering, { code, body }: Answer): void {
  reply(response, code, { 'content-type': 'application/json' }, `${JSON.stringify(body)}\n`)
}

function controlled(room: Room, request: Asked, text: string): Answer {
  const path = (request.url ?? '').split('?')[0] ?? ''
  try {
    room.clock.catchUp()
    const given: unknown = text === '' ? {} : JSON.parse(text)
    switch (`${request.method} ${path}`) {
      case 'GET /podsim/v1/state':
        return { code: 200, body: stateOf(room) }
      case 'POST /podsim/v1/clock':
        return advance(room, given)
      case 'POST /podsim/v1/faults':
        return beginFault(room, given)
      case 'DELETE /podsim/v1/faults':
        for (const id of [...room.faults.keys()]) endFault(room, id)
        return { code: 200, body: stateOf(room) }
      case 'POST /podsim/v1/expect':
        return expected(room, given)
      default: {
        const [, id = ''] = /^\/podsim\/v1\/faults\/([^/]+)$/.exec(path) ?? []
        if (request.method === 'DELETE' && endFault(room, id)) return { code: 200, body: stateOf(room) }
        return { code: 404, body: { error: `nothing is at ${request.method} ${path}` } }
      }
    }
  } catch (error) {
    if (error instanceof SimUsageError || error instanceof SyntaxError)
      return { code: 400, body: { error: error.message } }
    room.complain(`${request.method} ${path}`, error)
    return { code: 500, body: { error: 'podsim is broken; its own output says how' } }
  }
}

function stateOf({ served, clock, faults, streams }: Room): object {
  return {
    time: formatInstant(served.sim.now()),
    clock: clock.kind,
    epoch: new Date(served.epochNow()).toISOString(),
    faults: [...faults].map(([id, { fault }]) => ({ id, fault })),
    openStreams: streams.size,
    digest: served.sim.journal.digest(),
  }
}

function memberOf(given: unknown, name: string): unknown {
  return typeof given === 'object' && given !== null ? Reflect.get(given, name) : undefined
}

function advance(room: Room, given: unknown): Answer {
  const wanted = memberOf(given, 'advance')
  const ms = typeof wanted === 'string' ? parseDuration(wanted) : undefined
  if (ms === undefined)
    throw new SimUsageError(`advance is ${JSON.stringify(wanted) ?? 'missing'}; expected a duration such as "5s"`)
  room.clock.advance(ms)
  return { code: 200, body: stateOf(room) }
}

function beginFault(room: Room, given: unknown): Answer {
  const { served, recorder, faults, clock, streams } = room
  // Whatever it is, the simulation says what is wrong with it.
  const fault = given as Fault
  const begun = served.sim.fault(fault)
  recorder?.fault(served.sim.now(), fault)
  const id = String(room.nextFault())
  faults.set(id, { fault, clear: () => begun.clear() })
  if (!served.isReachable()) streams.breakAll()
  clock.changed()
  return { code: 201, body: { id, ...stateOf(room) } }
}

function endFault({ faults, clock }: Room, id: string): boolean {
  const found = faults.get(id)
  if (found === undefined) return false
  faults.delete(id)
  found.clear()
  clock.changed()
  return true
}

/** Asks what scenarios expect; what is to hold `within` some time lets that time go by. */
function expected(room: Room, given: unknown): Answer {
  const scenario = { title: 'asked', steps: [{ expect: given }] }
  const loaded = loadScenarios(JSON.stringify(scenario), 'expect', { readBeside: () => undefined })
  if (!loaded.ok) throw new SimUsageError(loaded.errors.map(({ message }) => message).join('; '))
  const results = loaded.value[0].steps
    .flatMap(({ expectations }) => expectations)
    .map((expectation) => drained(decide(room.served.sim, expectation, endless)))
  room.clock.changed()
  const passed = results.every((result) => result.passed)
  return {
    code: passed ? 200 : 417,
    body: {
      passed,
      results: results.map(({ passed: holds, expected: wanted, found }) => ({
        passed: holds,
        expected: wanted,
        found,
      })),
    },
  }
}
