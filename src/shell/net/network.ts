import type { VirtualMs } from '../../kernel/time.ts'
import type { ByteText } from '../byte-text.ts'

/** An HTTP request as it reaches a program. Names of headers are in lower case. */
export interface WireRequest {
  readonly port: number
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly headers: ReadonlyMap<string, ByteText>
  readonly body: ByteText
  /** The address that it comes from. */
  readonly from: string
}

/** What a program answers. Its length and that the connection is closed are told by whoever sends it. */
export interface WireReply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: ByteText
}

/** How a container's resolver is set up. Source: resolv.conf(5). */
export interface ResolverConfig {
  readonly servers: readonly string[]
  readonly searches: readonly string[]
  readonly options: readonly string[]
}

/**
 * What a name server says of the addresses of a whole name. `empty`: the name is there, and has none (NODATA). `unknown`: it is
 * not there (NXDOMAIN). `outside`: a name of the world outside, which nobody simulates. `silent`: no answer comes.
 */
export type NameAnswer =
  | {
      readonly kind: 'found'
      readonly addresses: readonly string[]
      /** Names that it stands for, in their order: of a Service of type ExternalName. */
      readonly aliases?: readonly string[]
    }
  | { readonly kind: 'empty' | 'unknown' | 'outside' | 'silent' }

/** What comes of an attempt to connect. `silent`: nothing comes back. `unreachable`: a node tells that nobody has the address. */
export type Route =
  /** `isAssumed`: nobody knows the program that listens, nor what it would say. */
  | {
      readonly kind: 'open'
      readonly isAssumed?: boolean
      ask(request: Omit<WireRequest, 'port' | 'from'>): WireReply | undefined
    }
  | { readonly kind: 'refused' | 'silent' | 'unreachable' }

/** How it ended that a program wanted something of another. */
export type Ending =
  | { readonly kind: 'reached' }
  | { readonly kind: 'unnamed' }
  /** The name was found, among others that were asked for and were not, which counts as a failure. */
  | { readonly kind: 'partly' }
  | { readonly kind: 'refused' | 'silent' | 'unreachable' }
  | { readonly kind: 'status'; readonly status: number }

/** What a program asked for: a host as it names it, and a port unless it only asked for the name. */
export interface Wanted {
  readonly host: string
  readonly port?: number
}

/** The network as one container sees it. */
export interface ContainerNetwork {
  readonly resolver: ResolverConfig
  /** The container's own address. */
  readonly ip: string
  /** The image that the container runs, as its Pod names it: tools differ by version. */
  readonly image: string
  /** How long a packet there and back takes; 0 for a command that runs at one instant. */
  readonly hopMs: VirtualMs
  /** The address of a name in the container's /etc/hosts. */
  hostsAddress(name: string): string | undefined
  /** Asks a name server for the addresses of a whole name, without a dot at its end. */
  query(server: string, name: string): NameAnswer
  /** The name of an address, as name servers have it. */
  nameOf(ip: string): string | undefined
  connect(ip: string, port: number): Route
  /** Writes down what came of it. */
  tell(wanted: Wanted, ending: Ending): void
}

/** Whether a text is an IPv4 address in the usual form. */
export function isAddress(text: string): boolean {
  const parts = text.split('.')
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)
}
