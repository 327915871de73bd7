import type { Steps } from '../../kernel/steps.ts'
import { sleep } from '../../kernel/steps.ts'
import type { ByteText } from '../byte-text.ts'
import { type ContainerNetwork, isAddress, type NameAnswer } from '../net/network.ts'
import { askFor, resolve } from '../net/resolve.ts'
import { assumedOutside, networkOf } from './network.ts'
import { refused } from './system.ts'
import { complain, notSimulated, type ToolContext } from './tool.ts'

/**
 * Asks name servers. Source: busybox networking/nslookup.c: 1.29 and later with FEATURE_NSLOOKUP_BIG; 1.28 asked the C library instead,
 * and its exit code tells of the name alone.
 */
export function* nslookup(context: ToolContext): Steps<number> {
  const network = networkOf(context)
  if (network === undefined) return runRefused(context)
  return yield* isOld(network.image) ? oldLookup(context, network) : newLookup(context, network)
}

function runRefused(context: ToolContext): number {
  const code = refused(context)
  return typeof code === 'number' ? code : 126
}

/** Whether an image has a busybox of before 1.29. Google's have 1.24 and 1.27. */
function isOld(image: string): boolean {
  const minor = /(?:^|\/)busybox:1\.(\d+)/.exec(image)?.[1]
  return minor === undefined ? /gcr\.io\/.*busybox(?::latest)?$/.test(image) : Number(minor) < 29
}

function showUsage(context: ToolContext, text: string): number {
  context.err(`Usage: ${text}\n`)
  return 1
}

/** Source: busybox 1.28 networking/nslookup.c, print_host, server_print. */
function* oldLookup(context: ToolContext, network: ContainerNetwork): Steps<number> {
  const [host, server, ...rest] = context.args
  if (host === undefined || host.startsWith('-') || rest.length > 0)
    return showUsage(context, 'nslookup [HOST] [SERVER]')
  const [own = '127.0.0.1'] = network.resolver.servers
  const asked = withServer(network, server)
  showHost(context, network, 'Server:', server ?? own, [server ?? own])
  context.out('\n')
  const found = yield* resolve(asked, host)
  if (found.kind === 'outside') {
    const assumed = yield* assumedOutside(context)
    if (assumed !== undefined) return assumed
  }
  network.tell({ host }, { kind: found.kind === 'found' ? 'reached' : 'unnamed' })
  if (found.kind !== 'found') return complain(context, `can't resolve '${host}'`)
  showHost(context, network, 'Name:', host, found.addresses)
  return 0
}

function showHost(
  { out }: ToolContext,
  network: ContainerNetwork,
  header: string,
  host: ByteText,
  addresses: readonly string[],
): void {
  out(`${header.padEnd(10)} ${host}\n`)
  for (const [at, address] of addresses.entries()) {
    const name = network.nameOf(address)
    out(`Address ${at + 1}: ${address}${name === undefined ? '' : ` ${name}`}\n`)
  }
}

/** The same network, whose names come from another server. */
function withServer(network: ContainerNetwork, server: ByteText | undefined): ContainerNetwork {
  if (server === undefined) return network
  return { ...network, resolver: { ...network.resolver, servers: [server] } }
}

interface Query {
  readonly type: 'A' | 'AAAA' | 'PTR'
  readonly name: string
}

/** Source: nslookup_main of FEATURE_NSLOOKUP_BIG. All questions are asked at once; one that fails makes the exit code 1. */
function* newLookup(context: ToolContext, network: ContainerNetwork): Steps<number> {
  const given = typesOf(context)
  if (typeof given === 'number') return given
  const { types, operands } = given
  const [host, server, ...rest] = operands
  if (host === undefined || rest.length > 0)
    return showUsage(context, 'nslookup [-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]')
  const found = server === undefined ? undefined : yield* resolve(network, server)
  if (found !== undefined && found.kind !== 'found') return complain(context, `bad address '${server}'`)
  const servers = found === undefined ? network.resolver.servers : found.addresses.slice(0, 1)
  const asked = { ...network, resolver: { ...network.resolver, servers } }
  // A server that is named takes the place of resolv.conf, and with it of the search list.
  const queries = queriesOf(host, types, server === undefined ? network.resolver.searches : [])
  return yield* askAll(context, asked, host, queries)
}

function typesOf(
  context: ToolContext,
): { readonly types: readonly ('A' | 'AAAA')[]; readonly operands: readonly ByteText[] } | number {
  const types: ('A' | 'AAAA')[] = []
  let at = 0
  for (; context.args[at]?.startsWith('-') === true; at++) {
    const [name = '', value = ''] = (context.args[at] ?? '').slice(1).split('=')
    if (/^(?:type|querytype|q.*)$/.test(name)) {
      const type = value.toUpperCase()
      if (type !== 'A' && type !== 'AAAA') return notSimulated(context, `questions of type ${value}`)
      types.push(type)
    } else if (!/^(?:debug|t|timeout|retry|port)$/.test(name))
      return showUsage(context, 'nslookup [-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]')
  }
  return { types: types.length === 0 ? ['A', 'AAAA'] : types, operands: context.args.slice(at) }
}

/** Only a name without any dot goes through the search list. Source: add_query_with_search. */
function queriesOf(host: string, types: readonly ('A' | 'AAAA')[], searches: readonly string[]): readonly Query[] {
  if (isAddress(host)) return [{ type: 'PTR', name: `${host.split('.').reverse().join('.')}.in-addr.arpa` }]
  const names = host.includes('.') || searches.length === 0 ? [host] : searches.map((domain) => `${host}.${domain}`)
  return types.flatMap((type) => names.map((name) => ({ type, name })))
}

function* askAll(
  context: ToolContext,
  network: ContainerNetwork,
  host: string,
  queries: readonly Query[],
): Steps<number> {
  const [server = '127.0.0.1'] = network.resolver.servers
  if (network.query(server, queries[0]?.name ?? '').kind === 'silent') {
    yield* sleep(5000 * Math.max(1, network.resolver.servers.length))
    context.out(';; connection timed out; no servers could be reached\n\n')
    network.tell({ host }, { kind: 'silent' })
    return 1
  }
  if (queries.some(({ name }) => network.query(server, name.replace(/\.$/, '')).kind === 'outside')) {
    const assumed = yield* assumedOutside(context)
    if (assumed !== undefined) return assumed
  }
  context.out(`Server:\t\t${server}\nAddress:\t${server}:53\n\n`)
  let code = 0
  let isFound = false
  for (const query of queries) {
    const text = yield* answerText(network, query)
    isFound ||= /^(?:Name|.*\tname)/m.test(text ?? '')
    if (text === undefined) code = 1
    context.out(`${text ?? `** server can't find ${query.name}: NXDOMAIN\n`}\n`)
  }
  if (queries[0]?.type !== 'PTR')
    network.tell({ host }, { kind: !isFound ? 'unnamed' : code === 0 ? 'reached' : 'partly' })
  return code
}

/** What an answer is shown as; undefined: there is no such name. Source: parse_reply. */
function* answerText(network: ContainerNetwork, { type, name }: Query): Steps<string | undefined> {
  if (type === 'PTR') {
    const address = name.replace('.in-addr.arpa', '').split('.').reverse().join('.')
    const found = network.nameOf(address)
    return found === undefined ? undefined : `${name}\tname = ${found}\n`
  }
  const answer = yield* askFor(network, name.replace(/\.$/, ''))
  return answer.kind === 'found' ? foundText(answer, type, name) : answer.kind === 'empty' ? '' : undefined
}

function foundText(
  { addresses, aliases = [] }: Extract<NameAnswer, { kind: 'found' }>,
  type: 'A' | 'AAAA',
  asked: string,
): string {
  const name = asked.replace(/\.$/, '')
  const chain = [name, ...aliases]
  const links = aliases.map((alias, at) => `${chain[at] ?? ''}\tcanonical name = ${alias}\n`)
  const shown = type === 'A' ? addresses.map((ip) => `Name:\t${chain.at(-1) ?? ''}\nAddress: ${ip}\n`) : []
  return [...links, ...shown].join('')
}
