import { referencesOf } from '../../../api/pod-references.ts'
import type { Container, Pod, ServiceAccount } from '../../../api/types/core.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'

/** Which Secrets a Pod may name. Source: plugin/pkg/admission/serviceaccount/admission.go; pkg/api/pod/util.go. */

/**
 * Why a Pod may not run under an account that enforces its mountable Secrets (P4), or undefined. Until v1.30 `envFrom` is
 * not looked at, and projected volumes never are. Source: limitSecretReferences.
 */
export function unreferencedSecret(pod: Pod, account: ServiceAccount, minor: number): string | undefined {
  const mountable = mountableBy(account)
  const refusal = (what: string, secret: string) => notReferenced(what, secret, account)
  for (const { secret } of pod.spec.volumes ?? []) {
    const wanted = secret?.secretName ?? ''
    if (secret !== undefined && !mountable.has(wanted)) return refusal('volume with', wanted)
  }
  for (const [what, containers] of [
    ['init container', pod.spec.initContainers ?? []],
    ['container', pod.spec.containers ?? []],
  ] as const) {
    for (const container of containers) {
      const found = unreferencedInContainer(container, mountable, minor)
      if (found !== undefined) return refusal(`${what} ${container.name} with ${found.where} referencing`, found.secret)
    }
  }
  const pullSecrets = new Set((account.imagePullSecrets ?? []).map((reference) => reference.name ?? ''))
  for (const [index, reference] of (pod.spec.imagePullSecrets ?? []).entries()) {
    const wanted = reference.name ?? ''
    if (pullSecrets.has(wanted)) continue
    return `imagePullSecrets[${index}].name="${wanted}" is not allowed because service account ${account.metadata.name} does not reference that imagePullSecret`
  }
  return undefined
}

/** The same of containers that are added to a Pod. Source: limitEphemeralContainerSecretReferences. */
export function unreferencedByEphemeral({ spec }: Pod, account: ServiceAccount, minor: number): string | undefined {
  const mountable = mountableBy(account)
  for (const container of spec.ephemeralContainers ?? []) {
    const found = unreferencedInContainer(container, mountable, minor)
    if (found === undefined) continue
    return notReferenced(`ephemeral container ${container.name} with ${found.where} referencing`, found.secret, account)
  }
  return undefined
}

function mountableBy({ secrets = [] }: ServiceAccount): ReadonlySet<string> {
  return new Set(secrets.map(({ name = '' }) => name))
}

function notReferenced(what: string, secret: string, { metadata }: ServiceAccount): string {
  return `${what} secret.secretName="${secret}" is not allowed because service account ${metadata.name} does not reference that secret`
}

function unreferencedInContainer(
  container: Container,
  mountable: ReadonlySet<string>,
  minor: number,
): { readonly where: string; readonly secret: string } | undefined {
  for (const variable of container.env ?? []) {
    const reference = variable.valueFrom?.secretKeyRef
    const secret = reference?.name ?? ''
    if (reference !== undefined && !mountable.has(secret)) return { where: `envVar ${variable.name}`, secret }
  }
  if (!has(minor, apiServer.envFromMustBeMountable)) return undefined
  for (const { secretRef } of container.envFrom ?? []) {
    const secret = secretRef?.name ?? ''
    if (secretRef !== undefined && !mountable.has(secret)) return { where: 'envFrom', secret }
  }
  return undefined
}

/** Why the picture of a static Pod is refused, or undefined (R3). Source: Validate. */
export function checkMirrorPod(pod: Pod): string | undefined {
  if (pod.spec.serviceAccountName) return 'a mirror pod may not reference service accounts'
  for (const { kind } of referencesOf(pod)) if (kind === 'Secret') return 'a mirror pod may not reference secrets'
  const hasToken = (pod.spec.volumes ?? []).some(({ projected }) =>
    (projected?.sources ?? []).some(({ serviceAccountToken }) => serviceAccountToken !== undefined),
  )
  return hasToken ? 'a mirror pod may not use ServiceAccountToken volume projections' : undefined
}
