import type { UserInfo } from '../../src/client/client.ts'
import type { HttpAnswer, HttpRequest, HttpStream } from '../../src/client/server.ts'

/** The format of request vectors (README-real-cluster.md), and what they are run against. */

export interface JudgedCluster {
  http(request: HttpRequest): HttpAnswer | HttpStream
  /** Lets virtual time pass. */
  advance(ms: number): void
  /** Switches the gate ImmutableEphemeralVolumes, as a restart with another flag does. */
  setGate?(isOn: boolean): void
  /** Runs a `kubectl` step; absent: such steps fail. */
  kubectl?(step: KubectlStep): { readonly stdout: string; readonly stderr: string; readonly exit: number }
}

export interface KubectlStep {
  readonly kubectl: string
  readonly argv: readonly string[]
  readonly stdout: string
  readonly stderr: string
  readonly exit: number
}

export interface VectorRequest {
  readonly user: string | null
  readonly method: string
  readonly path: string
  readonly contentType?: string
  readonly accept?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly bodyText?: string
}

export interface VectorResponse {
  readonly code: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly bodyText?: string
  readonly contentType?: string
  readonly stream?: readonly unknown[]
  readonly events?: readonly unknown[]
}

export interface VectorStep {
  readonly request?: VectorRequest
  readonly response?: VectorResponse
  readonly watch?: { readonly user: string | null; readonly path: string; readonly openedBeforeStep: number }
  readonly waitSeconds?: number
  readonly events?: readonly Record<string, unknown>[]
  readonly timeline?: readonly unknown[]
  readonly gate?: string
  readonly kubectl?: string
}

export interface RequestVector {
  readonly name: string
  readonly group: string
  readonly clause?: string
  readonly gates?: Readonly<Record<string, boolean>>
  readonly namespace?: string
  readonly steps?: readonly VectorStep[]
}

export interface RowResult {
  /** `<vector>#<step>`. */
  readonly row: string
  readonly passed: boolean
  /** What differed, empty when nothing did. */
  readonly diff: string
}

export interface RunOptions {
  /** Time that passes after each request, so that controllers can act; a function gives it by the step's number. */
  readonly settleMs?: number | ((step: number) => number)
  /** Whether ranks of versions are judged; controllers that write to the same objects make them a matter of luck. */
  readonly isOrderJudged?: boolean
}

/** A bearer token that stands for nobody: the real server answers 401. */
export const unknownToken = 'nobody'

/** The users of the recording, by bearer token. */
export function vectorUser(name: string | null): UserInfo | undefined {
  if (name === null || name === unknownToken) return undefined
  if (name === 'admin') return { name, uid: name, groups: ['system:masters', 'system:authenticated'] }
  if (name.startsWith('system:node:')) return { name, uid: name, groups: ['system:nodes', 'system:authenticated'] }
  return { name, uid: name, groups: ['developers', 'system:authenticated'] }
}
