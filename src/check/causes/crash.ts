import type { Pod, PodStatus } from '../../api/types/core.ts'
import { isWithin } from '../../fs/path.ts'
import type { Sim } from '../../sim/sim.ts'
import type { Workload } from '../workloads.ts'
import { containerPath, type Found, newestWarning, type Stuck } from './found.ts'

/** A container that ended, or was ended, or could not be started at all. */
export function crash(sim: Sim, workload: Workload, pod: Pod, { status, word }: Stuck): Found {
  const { given, namespace } = workload
  const { name, state } = status
  const lastLine = sim
    .logs({ pod: pod.metadata.name, container: name, namespace }, { previous: state?.running !== undefined })
    .trimEnd()
    .split('\n')
    .at(-1)
  return {
    cause: 'crash',
    key: `crash ${given.kind}/${namespace}/${given.name} ${name}`,
    summary: `${word} ${name} of ${given.kind.toLowerCase()} ${given.name} ${howItEnds(sim, workload, pod, status)}`,
    path: containerPath(given, name),
    hints: [
      ...hiddenBy(pod, status),
      ...(lastLine === undefined || lastLine === '' ? [] : [`its last line: ${lastLine}`]),
    ],
    uses: [`${word} ${name}`],
  }
}

/** A program that is not there, as a volume lies over it. */
function hiddenBy({ spec }: Pod, { name, state, lastState }: Stuck['status']): readonly string[] {
  const message = (state?.terminated ?? lastState?.terminated)?.message ?? ''
  const [, program] = /exec: \\?"(\/[^"\\]+)\\?": stat .*no such file/.exec(message) ?? []
  const mounts = spec.containers.find((each) => each.name === name)?.volumeMounts ?? []
  const over = mounts.find(({ mountPath }) => program !== undefined && isWithin(program, mountPath.replace(/\/+$/, '')))
  return over === undefined ? [] : [`volume ${over.name} lies over what the image has at ${over.mountPath}`]
}

function howItEnds(sim: Sim, { namespace }: Workload, pod: Pod, status: Stuck['status']): string {
  const { state, lastState } = status
  const ended = state?.terminated ?? lastState?.terminated
  // What runtimes say of a program that could not be started: containerd, and docker behind dockershim.
  if (ended?.reason === 'StartError' || ended?.reason === 'ContainerCannotRun')
    return `does not start: ${ended.message}`
  const isOver = state?.terminated !== undefined && (pod.spec.restartPolicy ?? 'Always') !== 'Always'
  const killed = killedBy(sim, namespace, pod, status.name)
  if (killed !== undefined && !isOver) return `is killed again and again: ${killed}`
  const code = ended === undefined ? (state?.waiting?.message ?? '') : `exit code ${ended.exitCode}`
  return `${isOver ? 'has ended' : 'ends again and again'}: ${code}`
}

/** Which probe or hook the kubelet kills a container for, as the newest warning tells it. Source: kuberuntime_manager.go, computePodActions. */
function killedBy(sim: Sim, namespace: string, { metadata }: Pod, container: string): string | undefined {
  const uids = new Set([metadata.uid])
  const own = sim
    .events({ namespace })
    .filter(({ involvedObject: { uid, fieldPath } }) => uids.has(uid) && fieldPath?.endsWith(`{${container}}`))
  const kills = own.flatMap(({ reason, message = '' }) => {
    if (reason === 'FailedPostStartHook') return [/^FailedPostStartHook: /]
    const [, probe] = (reason === 'Killing' && /failed (liveness|startup) probe, will be restarted/.exec(message)) || []
    return probe === undefined ? [] : [probe === 'liveness' ? /^Unhealthy: Liveness/ : /^Unhealthy: Startup/]
  })
  const newest = kills.at(-1)
  return newest === undefined
    ? undefined
    : newestWarning(sim, namespace, uids, (text) => newest.test(text))?.message?.replace(/:?\s*$/, '')
}

/** A Pod that has failed as a whole, whatever its containers did: past its deadline, evicted, not admitted. */
export function failedPod({ given, namespace }: Workload, { reason, message }: PodStatus): Found {
  return {
    cause: 'crash',
    key: `failed ${given.kind}/${namespace}/${given.name}`,
    summary: `${given.kind.toLowerCase()} ${given.name} has failed: ${[reason, message].filter(Boolean).join(': ')}`,
    path: [],
    hints: [],
    uses: [],
  }
}
