import type { Steps } from '../../kernel/steps.ts'
import type { ByteText } from '../byte-text.ts'
import { connectErrorText, dial, exchange } from '../net/dial.ts'
import { headersOf, readHeaders, statusLine } from '../net/http.ts'
import type { ContainerNetwork, Route } from '../net/network.ts'
import { resolve } from '../net/resolve.ts'
import { assumedOutside, hears, networkOf } from './network.ts'
import { ncOptions } from './network-options.ts'
import { refused } from './system.ts'
import { complain, notSimulated, type Options, options, type ToolContext } from './tool.ts'

/** Connects to a port. Source: busybox 1.31 networking/nc_bloaty.c (NC_110_COMPAT, which its own configuration has). */
export function* nc(context: ToolContext): Steps<number> {
  const network = networkOf(context)
  if (network === undefined) return yield* refusing(context)
  const given = options(context, ncOptions)
  if (typeof given === 'number') return given
  for (const [letter, what] of unsimulated) if (given.has(letter)) return notSimulated(context, what)
  const [host, port] = given.operands
  if (host === undefined || given.operands.length > 2) {
    context.err('Usage: nc [OPTIONS] HOST PORT  - connect\nnc [OPTIONS] -l -p PORT [HOST] [PORT]  - listen\n')
    return 1
  }
  return yield* connect(context, network, given, { host, port: /^\d+$/.test(port ?? '') ? Number(port) : 0 })
}

const unsimulated = [
  ['l', 'nc that listens'],
  ['u', 'UDP'],
  ['e', 'programs behind a connection'],
  ['o', 'hex dumps of what is sent'],
] as const

function* refusing(context: ToolContext): Steps<number> {
  const run = refused(context)
  return typeof run === 'number' ? run : yield* run
}

function* connect(
  context: ToolContext,
  network: ContainerNetwork,
  given: Options,
  target: { readonly host: ByteText; readonly port: number },
): Steps<number> {
  const { host, port } = target
  const found = yield* resolve(network, host)
  if (found.kind === 'outside') {
    const assumed = yield* assumedOutside(context)
    if (assumed !== undefined) return assumed
  }
  if (found.kind !== 'found') {
    network.tell(target, { kind: 'unnamed' })
    return complain(context, `bad address '${host}'`)
  }
  const [ip = ''] = found.addresses
  const seconds = Number(given.value('w') ?? '0')
  const route = yield* dial(network, ip, port, seconds > 0 ? seconds * 1000 : undefined)
  hears(context, route)
  const verbosity = given.all('v').length
  if (route.kind === 'open') {
    network.tell(target, { kind: 'reached' })
    if (verbosity > 0) context.err(`${host} (${ip}:${port}) open\n`)
    return given.has('z') ? 0 : yield* converse(context, network, route)
  }
  const kind = route.kind === 'gave up' ? 'silent' : route.kind
  network.tell(target, { kind })
  // At one -v what is refused is not told.
  if (verbosity > 1 || (verbosity > 0 && kind !== 'refused'))
    context.err(`${context.prefix}${host} (${ip}:${port}): ${connectErrorText(network, kind)}\n`)
  return 1
}

/** Sends its input, a request of HTTP/1, and shows the answer; whatever else is sent, the other end closes. */
function* converse(
  context: ToolContext,
  network: ContainerNetwork,
  route: Extract<Route, { kind: 'open' }>,
): Steps<number> {
  const text = yield* context.stdin.all(context.held)
  const [head = '', body = ''] = text.split(/\r?\n\r?\n/)
  const [first = '', ...lines] = head.split(/\r?\n/)
  const [, method, path] = /^([A-Z]+) (\S+)/.exec(first) ?? []
  if (method === undefined || path === undefined) return 0
  const reply = yield* exchange(network, route, { method, path, headers: readHeaders(lines), body })
  if (reply === undefined) return 0
  const headers = headersOf(reply).map(([name, value]) => `${name}: ${value}\r\n`)
  context.out(`${statusLine(reply)}\r\n${headers.join('')}\r\n${reply.body}`)
  return 0
}
