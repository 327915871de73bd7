import { isSeccompRight, seccompBaseline } from './baseline.ts'
import {
  containersOf,
  containerText,
  joinQuoted,
  plural,
  type SecuredPod,
  settersText,
  sortedQuoted,
  type Violation,
} from './secured.ts'

/** What level restricted asks for beyond baseline. Source: pod-security-admission policy/check_*.go. */

/** From v1.25 on nothing that Linux alone knows is asked of a Pod for Windows. */
export const notOfWindows =
  (check: (pod: SecuredPod) => Violation | undefined) =>
  (pod: SecuredPod): Violation | undefined =>
    pod.spec.os?.name === 'windows' ? undefined : check(pod)

/** From v1.35 on who is root in a user namespace of its own is nobody outside of it. Source: helpers.go. */
export const notInOwnNamespace =
  (check: (pod: SecuredPod) => Violation | undefined) =>
  (pod: SecuredPod): Violation | undefined =>
    pod.spec.hostUsers === false ? undefined : check(pod)

/** Source: check_allowPrivilegeEscalation.go. */
export function allowPrivilegeEscalation(pod: SecuredPod): Violation | undefined {
  const bad = containersOf(pod).filter(({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false)
  if (bad.length === 0) return undefined
  const names = containerText(bad.map(({ name }) => name))
  return {
    reason: 'allowPrivilegeEscalation != false',
    detail: `${names} must set securityContext.allowPrivilegeEscalation=false`,
  }
}

/** Source: check_capabilities_restricted.go. */
export function capabilitiesRestricted(pod: SecuredPod): Violation | undefined {
  const keeping: string[] = []
  const adding: string[] = []
  const added = new Set<string>()
  for (const { name, securityContext } of containersOf(pod)) {
    const { drop = [], add = [] } = securityContext?.capabilities ?? {}
    if (!drop.includes('ALL')) keeping.push(name)
    const forbidden = add.filter((each) => each !== 'NET_BIND_SERVICE')
    if (forbidden.length > 0) adding.push(name)
    for (const each of forbidden) added.add(each)
  }
  const details = [
    ...(keeping.length > 0 ? [`${containerText(keeping)} must set securityContext.capabilities.drop=["ALL"]`] : []),
    ...(adding.length > 0
      ? [`${containerText(adding)} must not include ${sortedQuoted(added)} in securityContext.capabilities.add`]
      : []),
  ]
  return details.length === 0 ? undefined : { reason: 'unrestricted capabilities', detail: details.join('; ') }
}

const freeVolumes = 'configMap csi downwardAPI emptyDir ephemeral persistentVolumeClaim projected secret'.split(' ')
const boundVolumes =
  'hostPath gcePersistentDisk awsElasticBlockStore gitRepo nfs iscsi glusterfs rbd flexVolume cinder cephfs flocker fc azureFile vsphereVolume quobyte azureDisk photonPersistentDisk portworxVolume scaleIO storageos'.split(
    ' ',
  )

/** Source: check_restrictedVolumes.go. */
export function restrictedVolumes({ spec: { volumes = [] } }: SecuredPod): Violation | undefined {
  const bad = volumes.filter((volume) => !freeVolumes.some((kind) => volume[kind] !== undefined))
  if (bad.length === 0) return undefined
  const kinds = new Set(bad.map((volume) => boundVolumes.find((kind) => volume[kind] !== undefined) ?? 'unknown'))
  const names = `${plural('volume', bad.length)} ${joinQuoted(bad.map(({ name }) => name))}`
  const verb = bad.length === 1 ? 'uses' : 'use'
  const list = `${plural('restricted volume type', kinds.size)} ${sortedQuoted(kinds)}`
  return { reason: 'restricted volume types', detail: `${names} ${verb} ${list}` }
}

/** Source: check_runAsNonRoot.go. */
export function runAsNonRoot(pod: SecuredPod): Violation | undefined {
  const reason = 'runAsNonRoot != true'
  const ofPod = pod.spec.securityContext?.runAsNonRoot
  const containers = containersOf(pod)
  const namesWhere = (wanted: false | undefined) =>
    containers.flatMap(({ name, securityContext }) => (securityContext?.runAsNonRoot === wanted ? [name] : []))
  const setters = settersText(ofPod === false, namesWhere(false))
  if (setters !== '') return { reason, detail: `${setters} must not set securityContext.runAsNonRoot=false` }
  const silent = ofPod === true ? [] : namesWhere(undefined)
  if (silent.length === 0) return undefined
  return { reason, detail: `pod or ${containerText(silent)} must set securityContext.runAsNonRoot=true` }
}

/** Source: check_runAsUser.go. */
export function runAsUser(pod: SecuredPod): Violation | undefined {
  const roots = containersOf(pod).filter(({ securityContext }) => securityContext?.runAsUser === 0)
  const setters = settersText(
    pod.spec.securityContext?.runAsUser === 0,
    roots.map(({ name }) => name),
  )
  return setters === '' ? undefined : { reason: 'runAsUser=0', detail: `${setters} must not set runAsUser=0` }
}

/** Source: check_seccompProfile_restricted.go. */
export function seccompRestricted(pod: SecuredPod): Violation | undefined {
  const bad = seccompBaseline(pod)
  if (bad !== undefined || isSeccompRight(pod.spec.securityContext?.seccompProfile?.type)) return bad
  const silent = containersOf(pod).filter(({ securityContext }) => securityContext?.seccompProfile === undefined)
  if (silent.length === 0) return undefined
  const names = containerText(silent.map(({ name }) => name))
  const detail = `pod or ${names} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`
  return { reason: 'seccompProfile', detail }
}
