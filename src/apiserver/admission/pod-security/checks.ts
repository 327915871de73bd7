import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'
import {
  appArmorAnnotations,
  appArmorProfile,
  capabilitiesBaseline,
  hostNamespaces,
  hostPathVolumes,
  hostPorts,
  hostProcess,
  hostsOfProbes,
  privileged,
  procMount,
  seccompAnnotations,
  seccompBaseline,
  seLinuxOptions,
  sysctlPolicies,
  sysctls,
} from './baseline.ts'
import type { LevelVersion } from './policy.ts'
import {
  allowPrivilegeEscalation,
  capabilitiesRestricted,
  notInOwnNamespace,
  notOfWindows,
  restrictedVolumes,
  runAsNonRoot,
  runAsUser,
  seccompRestricted,
} from './restricted.ts'
import type { SecuredPod, Violation } from './secured.ts'

type Check = (pod: SecuredPod) => Violation | undefined

/** A check as it changed from policy to policy: the last whose minor is reached counts. */
interface VersionedCheck {
  readonly since: readonly (readonly [minor: number, check: Check])[]
  /** Level restricted asks for more in the same place from this policy on, and tells of it once. */
  readonly until?: number
}

/** In the order of their ids. Source: pod-security-admission policy/registry.go, populate. */
const baseline: readonly VersionedCheck[] = [
  { since: [[0, appArmorProfile]] },
  { since: [[0, capabilitiesBaseline]], until: 22 },
  { since: [[0, hostNamespaces]] },
  { since: [[0, hostPathVolumes]], until: 0 },
  { since: [[0, hostPorts]] },
  { since: [[34, hostsOfProbes]] },
  { since: [[0, privileged]] },
  {
    since: [
      [0, procMount],
      [35, notInOwnNamespace(procMount)],
    ],
    until: 35,
  },
  {
    since: [
      [0, seLinuxOptions([])],
      [31, seLinuxOptions(['container_engine_t'])],
    ],
  },
  {
    since: [
      [0, seccompAnnotations],
      [19, seccompBaseline],
    ],
    until: 19,
  },
  { since: sysctlPolicies.map((minor) => [minor, sysctls(minor)] as const) },
  { since: [[0, hostProcess]] },
]

const restricted: readonly VersionedCheck[] = [
  {
    since: [
      [8, allowPrivilegeEscalation],
      [25, notOfWindows(allowPrivilegeEscalation)],
    ],
  },
  {
    since: [
      [22, capabilitiesRestricted],
      [25, notOfWindows(capabilitiesRestricted)],
    ],
  },
  { since: [[35, procMount]] },
  { since: [[0, restrictedVolumes]] },
  {
    since: [
      [0, runAsNonRoot],
      [35, notInOwnNamespace(runAsNonRoot)],
    ],
  },
  {
    since: [
      [23, runAsUser],
      [35, notInOwnNamespace(runAsUser)],
    ],
  },
  {
    since: [
      [19, seccompRestricted],
      [25, notOfWindows(seccompRestricted)],
    ],
  },
]

/** What a policy forbids a Pod, in the server's order. Policies newer than the server count as its own. Source: registry.go, EvaluatePod. */
export function violations({ level, minor }: LevelVersion, pod: SecuredPod, ofServer: number): readonly Violation[] {
  if (level === 'privileged') return []
  const policy = Math.min(minor ?? ofServer, ofServer)
  const asked =
    level === 'baseline'
      ? baseline
      : [...baseline.filter(({ until = Number.POSITIVE_INFINITY }) => policy < until), ...restricted]
  return asked.flatMap(({ since }) => {
    const check = since.findLast(([from]) => from <= policy)?.[1]
    const known = check === appArmorProfile && !has(ofServer, apiServer.appArmorFields) ? appArmorAnnotations : check
    return known?.(pod) ?? []
  })
}
