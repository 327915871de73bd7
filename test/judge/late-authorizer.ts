import type { KubeObject } from '../../src/api/types/meta.ts'
import type { RandomStream } from '../../src/kernel/random.ts'
import type { TimelineFile } from './timeline-format.ts'

type BoundPod = KubeObject & { readonly spec?: unknown }

/**
 * How late the authorizer knows a Pod that was just bound, ms. In some 7 % of the recordings (12 % on the busy machine of v1.36)
 * the kubelet asked before (README-timelines.md): that draw is the recording's, so that what follows from it can be compared exactly.
 */
export function lateAuthorizer(
  file: TimelineFile,
  random: RandomStream,
  seconds: () => number,
): (pod: KubeObject) => number {
  const secrets = refusedSecrets(file)
  const isFirstStatusRefused = refusedStatuses(file)
  return (pod: BoundPod) => {
    const now = seconds()
    const soon = secrets(pod, now)
    if (soon !== undefined && !soon.isOnlyWatch) return Math.round((soon.last - now) * 1000) + lateMs
    const isStatusRefused = isFirstStatusRefused(pod, now)
    if (soon === undefined && !isStatusRefused) return 0
    const watches = file.strategy === 'Watch' && JSON.stringify(pod.spec).includes('"secret')
    return watches ? random.integer(betweenAsksMs.least, betweenAsksMs.most) : untilSecondStatusMs
  }
}

/** From a refusal until the authorizer knows the Pod: less than until the next LIST. */
const lateMs = 8

/** More than from the binding to the kubelet's first status, less than to its second: a sandbox takes 50 ms. */
const untilSecondStatusMs = 45

/**
 * First status, first watch of a Secret and the LIST in place of a refused one follow within some ms: the recorded server came to
 * know the Pod between two of them.
 */
const betweenAsksMs = { least: 3, most: 12 } as const

interface Refusals {
  /** Seconds since the scenario began. */
  readonly last: number
  /** The LIST that follows a refused watch at once (v1.36) was let through. */
  readonly isOnlyWatch: boolean
}

function refusedSecrets({ timeline }: TimelineFile): (pod: BoundPod, now: number) => Refusals | undefined {
  const refused = timeline.filter(({ actor, detail }) => actor === 'request' && detail.code === 403)
  return ({ spec }, now) => {
    const text = refused.length === 0 ? '' : JSON.stringify(spec ?? {})
    const soon = refused.filter(
      ({ t, detail }) => t > now && t < now + 0.5 && text.includes(`"${String(detail.secret)}"`),
    )
    if (soon.length === 0) return undefined
    return {
      last: Math.max(...soon.map(({ t }) => t)),
      isOnlyWatch: soon.every(({ what }) => what === 'watch refused'),
    }
  }
}

/**
 * Kubelets may read a Pod only once the authorizer ties it to them (from the gate AuthorizeNodeWithSelectors on): where it was late,
 * the first status, without a sandbox, was not sent, and the next one is the first that is seen.
 */
function refusedStatuses({ timeline }: TimelineFile): (pod: KubeObject, now: number) => boolean {
  const lives = new Map<string, { readonly createdAt: number; hasSandboxFirst: boolean | undefined }[]>()
  for (const { t, what, detail } of timeline) {
    if (what === 'create pod') {
      const name = String(detail.name)
      lives.set(name, [...(lives.get(name) ?? []), { createdAt: t, hasSandboxFirst: undefined }])
    }
    const conditions = detail.conditions as { readonly PodReadyToStartContainers?: string } | undefined // of the format
    const hasSandbox = conditions?.PodReadyToStartContainers
    const life = lives.get(String(detail.pod))?.at(-1)
    if (hasSandbox !== undefined && life !== undefined) life.hasSandboxFirst ??= hasSandbox === 'True'
  }
  return ({ metadata }, now) =>
    lives.get(metadata.name)?.findLast(({ createdAt }) => createdAt <= now + 0.001)?.hasSandboxFirst === true
}
