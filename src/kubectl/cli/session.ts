import { goQuote } from '../../go/quote.ts'
import type { ByteText } from '../../shell/byte-text.ts'
import { createDiscovery, type Discovery } from '../api/discovery.ts'
import { createRest, type Rest } from '../api/rest.ts'
import type { ClientVersion } from '../client-version.ts'
import { clientVersion } from '../client-version.ts'
import type { KubectlHost } from '../host.ts'
import { type Failure, failureMessage } from './failure.ts'
import type { FlagValues } from './flags.ts'
import { klogPrefix } from './klog.ts'

/** What one running kubectl has at hand. */
export interface Session {
  readonly host: KubectlHost
  readonly version: ClientVersion
  readonly rest: Rest
  readonly discovery: Discovery
  /** Namespace of the flag, else of the context, else `default`. */
  readonly namespace: string
  /** Whether the namespace came by flag, so that objects must agree with it. */
  readonly namespaceIsExplicit: boolean
  out(text: string, bytes?: ByteText): void
  err(text: string): void
}

/** How often a newer client tries before it gives up. Source: client-go discovery/cached/memory/memcache.go. */
const discoveryTries = 5

function discoveryLog(host: KubectlHost, version: ClientVersion, failure: Failure): string {
  const text = `couldn't get current server API group list: ${failureMessage(failure)}`
  const shown = version.quotesHandledErrors ? `"Unhandled Error" err=${goQuote(text)}` : text
  return `${klogPrefix(host.now(), 'E')}memcache.go:265] ${shown}\n`.repeat(discoveryTries)
}

/** Receives what the process writes, in order: 1 is its output, 2 its errors. `bytes` where the text may not be all of it. */
export type Output = (fd: 1 | 2, text: string, bytes?: ByteText) => void

export function createSession(host: KubectlHost, flags: FlagValues, output: Output): Session {
  const version = clientVersion(host.clientVersion)
  const err = (text: string): void => output(2, text)
  const rest = createRest(host, flags, version, err)
  const contextName = flags.string('context') || host.config.currentContext
  const context = host.config.contexts.find(({ name }) => name === contextName)
  const explicit = flags.string('namespace')
  return {
    host,
    version,
    rest,
    discovery: createDiscovery({
      rest,
      config: host.config,
      now: host.now(),
      minor: version.minor,
      unreachable(failure) {
        if (version.logsDiscoveryFailures) err(discoveryLog(host, version, failure))
      },
      ...(version.warnsOfShortNames
        ? {
            ambiguous: (short: string, other: string): void =>
              err(`Warning: short name ${goQuote(short)} could also match lower priority resource ${other}\n`),
          }
        : {}),
    }),
    namespace: explicit || context?.namespace || 'default',
    namespaceIsExplicit: explicit !== '',
    out: (text, bytes) => output(1, text, bytes),
    err,
  }
}
