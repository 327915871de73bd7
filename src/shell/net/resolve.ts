import { type Steps, sleep } from '../../kernel/steps.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import { type ContainerNetwork, isAddress, type NameAnswer, type ResolverConfig } from './network.ts'

/** What a resolver found. `name`: the whole name that has the addresses. */
export type Resolved =
  | { readonly kind: 'found'; readonly name: string; readonly addresses: readonly string[] }
  | { readonly kind: 'unknown' | 'outside' | 'silent' }

/** How often a question is asked, and how long an answer is waited for. Source: resolv.conf(5), RES_TIMEOUT, RES_DFLRETRY. */
const attempts = 2
const answerMs: VirtualMs = 5000

/** Names with fewer dots are first looked for in the search list. Source: resolv.conf(5), ndots; 1 where it is not said. */
export function dotsOf({ options }: ResolverConfig): number {
  const said = options.map((option) => /^ndots:(\d+)$/.exec(option)?.[1]).find((dots) => dots !== undefined)
  return said === undefined ? 1 : Math.min(15, Number(said))
}

/**
 * The whole names that a name may stand for, in the order in which a resolver asks for them. Source: resolv.conf(5), search;
 * glibc resolv/res_query.c, __res_context_search.
 */
export function candidatesOf(name: string, resolver: ResolverConfig): readonly string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)]
  const searched = resolver.searches.map((domain) => `${name}.${domain}`)
  const isWhole = name.split('.').length - 1 >= dotsOf(resolver)
  return isWhole ? [name, ...searched] : [...searched, name]
}

/** What one question costs, with its answer: silence is waited for, server by server. */
export function* askFor(network: ContainerNetwork, name: string): Steps<NameAnswer> {
  for (const server of network.resolver.servers) {
    const answer = network.query(server, name)
    if (answer.kind !== 'silent') {
      if (network.hopMs > 0) yield* sleep(network.hopMs)
      return answer
    }
    yield* sleep(answerMs * attempts)
  }
  return { kind: 'silent' }
}

/** Finds the addresses of a host, as getaddrinfo does. `withinMs`: it gives up then. */
export function* resolve(network: ContainerNetwork, host: string, withinMs?: VirtualMs): Steps<Resolved> {
  if (isAddress(host)) return { kind: 'found', name: host, addresses: [host] }
  // Source: nsswitch.conf of the images, `hosts: files dns`.
  const own = network.hostsAddress(host)
  if (own !== undefined) return { kind: 'found', name: host, addresses: [own] }
  let last: Resolved = { kind: 'unknown' }
  for (const name of candidatesOf(host, network.resolver)) {
    if (withinMs !== undefined && network.resolver.servers.every((one) => network.query(one, name).kind === 'silent')) {
      yield* sleep(withinMs)
      return { kind: 'silent' }
    }
    const answer = yield* askFor(network, name)
    if (answer.kind === 'found')
      return { kind: 'found', name: answer.aliases?.at(-1) ?? name, addresses: answer.addresses }
    if (answer.kind === 'silent') return { kind: 'silent' }
    if (answer.kind === 'outside') last = { kind: 'outside' }
  }
  return last
}
