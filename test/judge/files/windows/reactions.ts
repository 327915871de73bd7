import type { RowScore } from '../../judge.ts'
import { minorOfFile, type TimelineFile, type TimelineRow } from '../../timeline-format.ts'
import { isKubeletStart } from './kubelet-starts.ts'
import { judged } from './window.ts'

/** Category immutable: "times of user steps exact, reactions +-1 s". */
const immutableSlack = 1
/** Seconds after a step for what it causes; later, syncs do. */
const reactionSeconds = 3
/** From here on the machine was too busy in a recording's first half minute (v1.36/README.md, "Resolution and noise"). */
const minorOfBusyStart = 36
const busySeconds = 30
/** Category node-reboot: "times +-1.5 s after the kubelet start, back-offs as in late-secret": those begin at once. */
const rebootSlack = 1.5
const rebootSeconds = 5

/** What follows upon a step by itself, not upon the next sync or the next round of cleaning. */
const prompt: Readonly<Record<string, readonly string[]>> = {
  request: ['list', 'watch opened', 'watch closed'],
  runtime: ['RunPodSandbox', 'CreateContainer', 'StartContainer', 'StopContainer', 'ContainerExited', 'StopPodSandbox'],
  files: ['pod directory created', 'tmpfs mounted', 'content'],
}

/** Category immutable. */
export function immutableRows(file: TimelineFile, played: readonly TimelineRow[]): readonly RowScore[] {
  const recorded = file.timeline
  const isQuiet = (at: number) => minorOfFile(file) < minorOfBusyStart || at > busySeconds
  const steps = recorded.filter(({ actor, t }) => (actor === 'user' || actor === 'operator') && isQuiet(t))
  const isReaction = (at: number) => steps.some(({ t }) => t <= at && at <= t + reactionSeconds)
  const all = new Map([...reactionsOf(recorded)].filter(([, t]) => isReaction(t)))
  return compared(all, reactionsOf(played), immutableSlack)
}

/** Category node-reboot: the first seconds after the node is back. */
export function rebootRows({ timeline: recorded }: TimelineFile, played: readonly TimelineRow[]): readonly RowScore[] {
  const start = recorded.find(isKubeletStart)?.t ?? 0
  const after = (rows: readonly TimelineRow[], seconds: number) =>
    rows.filter(({ t }) => t > start && t <= start + seconds)
  const found = reactionsOf(after(played, rebootSeconds + rebootSlack))
  return compared(reactionsOf(after(recorded, rebootSeconds)), found, rebootSlack)
}

type Times = ReadonlyMap<string, number>

/** Each recorded reaction beside its counterpart. */
function compared(recorded: Times, played: Times, slack: number): readonly RowScore[] {
  const window = { least: -slack, most: slack }
  return [...recorded].map(([reaction, t]) => judged(reaction, t, played.get(reaction), window))
}

/** By name; those of one name are numbered. Seconds. */
function reactionsOf(rows: readonly TimelineRow[]): Times {
  const times = new Map<string, number>()
  const counts = new Map<string, number>()
  for (const { t, actor, what, detail } of rows) {
    if (!prompt[actor]?.includes(what)) continue
    const { pod, volume, container, secret, node } = detail
    const own = [pod, volume, container, secret, node].filter((part) => part !== undefined).map(String)
    // Volumes of accounts have random names.
    const name = [...own, what].join(' ').replace(/(default-token|kube-api-access)-\w+/, '$1')
    const count = (counts.get(name) ?? 0) + 1
    counts.set(name, count)
    times.set(`${name}, no. ${count}`, t)
  }
  return times
}
