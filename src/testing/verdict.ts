import type { ContainerRef, Sim } from '../index.ts'
import { createRedaction } from '../looks/redaction.ts'
import { formatDuration } from '../sim/duration.ts'

/** Whether something holds of a simulation, and all that a failure should tell. */
export interface Verdict {
  readonly pass: boolean
  /** Completes `expected ...`; `not` takes its place before it: `pod app to be running`. */
  readonly what: readonly [subject: string, wanted: string]
  readonly found: string
  /** What comes nearest to what was wanted, or why it is not so. */
  readonly hints?: readonly string[]
  /** For a diff. */
  readonly sides?: { readonly expected: unknown; readonly actual: unknown }
}

/** A container as `pod`, `pod/container` or {pod, container?, namespace?}. */
export type Target = string | ContainerRef

/** The container that is meant. */
export function refOf(target: Target): ContainerRef {
  if (typeof target !== 'string') return target
  const [pod = '', container] = target.split('/')
  return container === undefined ? { pod } : { pod, container }
}

/** `pod app`, `container app/sidecar`. */
export function nameOf({ pod, container, namespace }: ContainerRef): string {
  const place = namespace === undefined ? '' : `${namespace}/`
  return container === undefined ? `pod ${place}${pod}` : `container ${place}${pod}/${container}`
}

/** A text, part of one or a pattern, as matchers take it. */
export type Wanted = string | RegExp

/** Whether a whole text is the one that is wanted. */
export function isWanted(text: string | undefined, wanted: Wanted): boolean {
  if (text === undefined) return false
  return typeof wanted === 'string' ? text === wanted : wanted.test(text)
}

/** Whether a text holds what is wanted. */
export function holds(text: string | undefined, wanted: Wanted | undefined): boolean {
  if (wanted === undefined) return true
  return typeof wanted === 'string' ? (text ?? '').includes(wanted) : wanted.test(text ?? '')
}

/** A wanted text in words. */
export function wantedText(wanted: Wanted): string {
  return typeof wanted === 'string' ? JSON.stringify(wanted) : String(wanted)
}

/** A failure as it is to be told. */
export interface Failure {
  readonly message: string
  readonly sides: { readonly expected: unknown; readonly actual: unknown } | undefined
}

/**
 * A failure in words: what was expected and found, what is near to it, and what repeats the run. Values of Secrets are masked
 * in it, unless PODSIM_REVEAL asks for them: logs of CI are read by many.
 */
export function failureOf(sim: Sim, verdict: Verdict, isNot: boolean, repeat: string | undefined): Failure {
  const { seed, journal } = sim
  const reveal = process.env.PODSIM_REVEAL !== undefined
  const redaction = createRedaction({ seed, reveal, journal, secrets: () => sim.list('Secret') })
  const [subject, wanted] = verdict.what
  const lines = [
    `expected ${subject} ${isNot ? 'not ' : ''}${wanted}`,
    `  found: ${verdict.found}`,
    ...(verdict.hints ?? []).map((hint) => `  ${hint}`),
    `  at ${formatDuration(sim.now())}, seed ${seed}, digest ${journal.digest()}`,
    ...(repeat === undefined ? [] : [`  repeat: ${repeat}`]),
  ]
  const sides = verdict.sides
  return {
    message: redaction.text(lines.join('\n')),
    sides: sides && { expected: redaction.value(sides.expected), actual: redaction.value(sides.actual) },
  }
}
