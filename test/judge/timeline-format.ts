/** One line of a recorded timeline (vectors/README-timelines.md, Format). `t` in seconds since the scenario began. */
export interface TimelineRow {
  readonly t: number
  readonly actor: string
  readonly what: string
  readonly detail: Readonly<Record<string, unknown>>
}

/** A recorded timeline file. */
export interface TimelineFile {
  readonly name: string
  readonly category: string
  readonly title: string
  readonly kubernetes: string
  readonly strategy: 'Watch' | 'Cache' | 'Get'
  readonly nodeTTLAnnotation: string | null
  readonly featureGates: Readonly<Record<string, boolean>>
  readonly nodes: readonly string[]
  /** Seconds. */
  readonly duration: number
  readonly compare: string
  readonly samples?: readonly { readonly delay?: number; readonly setUpsUntilVisible?: number }[]
  readonly setUpIntervals?: readonly number[]
  readonly timeline: readonly TimelineRow[]
}

export function minorOfFile({ kubernetes }: TimelineFile): number {
  return Number(/^v1\.(\d+)/.exec(kubernetes)?.[1] ?? 18)
}
