import { generateName } from '../../../api/generate-name.ts'
import { failure, plainError } from '../../../api/status.ts'
import type { Container, Pod, Secret, ServiceAccount, Volume, VolumeMount } from '../../../api/types/core.ts'
import type { Status } from '../../../api/types/meta.ts'
import { annotation, mirrorAnnotation } from '../../../api/validation/pod-validation.ts'
import { defaultFileMode } from '../../../api/volume-defaults.ts'
import { goQuote } from '../../../go/quote.ts'
import { extended } from '../../../kernel/extended.ts'
import { onePart } from '../../../kernel/recent-parts.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'
import type { RegistryContext } from '../../registry/strategy.ts'
import { refusedUnlessLater } from '../later-looks.ts'
import type { AdmissionLookup, AdmissionPlugin, AdmissionRequest } from '../plugin.ts'
import { checkMirrorPod, unreferencedByEphemeral, unreferencedSecret } from './mountable-secrets.ts'
import { admitted, forbid, podOf, refused, secrets, serviceAccounts } from './requests.ts'

/** Where tokens are mounted. Source: plugin/pkg/admission/serviceaccount/admission.go, DefaultAPITokenMountPath. */
const tokenMountPath = '/var/run/secrets/kubernetes.io/serviceaccount'
/** Source: the same file, ServiceAccountVolumeName. */
const boundVolumeName = 'kube-api-access'
/** Annotation that limits an account's Pods to its own Secrets (P4). Source: EnforceMountableSecretsAnnotation. */
const enforceAnnotation = 'kubernetes.io/enforce-mountable-secrets'
/** What Go's strconv.ParseBool takes for true. */
const trueTexts: ReadonlySet<string> = new Set(['1', 't', 'T', 'true', 'TRUE', 'True'])

/**
 * Gives each Pod its account, the account's token and pull secrets, and holds it to the account's Secrets (O3, P2, P4).
 * Source: plugin/pkg/admission/serviceaccount/admission.go.
 */
export const serviceAccountPlugin: AdmissionPlugin = {
  name: 'ServiceAccount',
  concerns: [
    { resource: 'pods', operations: ['CREATE'] },
    { resource: 'pods', operations: ['UPDATE'], subresource: 'ephemeralcontainers' },
  ],
  admit(request, lookup, context) {
    const pod = request.operation === 'CREATE' ? podOf(request) : undefined
    if (pod === undefined) return admitted(request.object)
    if (annotation(pod.metadata.annotations, mirrorAnnotation) !== undefined) {
      const why = checkMirrorPod(pod)
      return why === undefined ? admitted(pod) : refused(forbid(request, why))
    }
    const name = pod.spec.serviceAccountName || 'default'
    const account = lookup.get<ServiceAccount>(serviceAccounts, request.namespace, name)
    if (account === undefined) return refused(missingYet(request, name, context))
    let spec: Pod['spec'] = extended(pod.spec, { serviceAccountName: name, serviceAccount: name })
    if (pod.spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true) {
      const mounted = mountToken(spec, account, lookup, context)
      if (mounted === undefined) return refused(noToken(name))
      spec = mounted
    }
    const pullSecrets = account.imagePullSecrets ?? []
    if ((spec.imagePullSecrets ?? []).length === 0 && pullSecrets.length > 0) {
      spec = { ...spec, imagePullSecrets: pullSecrets.map((reference) => ({ name: reference.name ?? '' })) }
    }
    const result = { ...pod, spec }
    const why = limitReferences(result, account, context)
    return why === undefined ? admitted(result) : refused(forbid(request, why))
  },
  validate(request, lookup, context) {
    if (request.subresource === 'ephemeralcontainers' && request.operation === 'UPDATE')
      return checkEphemeral(request, lookup, context)
    const pod = request.operation === 'CREATE' ? podOf(request) : undefined
    if (pod === undefined) return undefined
    if (annotation(pod.metadata.annotations, mirrorAnnotation) !== undefined) {
      const why = checkMirrorPod(pod)
      return why === undefined ? undefined : forbid(request, why)
    }
    const name = pod.spec.serviceAccountName ?? ''
    const account = lookup.get<ServiceAccount>(serviceAccounts, request.namespace, name)
    if (account === undefined) return missingAccount(request, name)
    const why = limitReferences(pod, account, context)
    return why === undefined ? undefined : forbid(request, why)
  },
}

/** The refusal is no Forbidden: so it is in the original. Source: limitEphemeralContainerSecretReferences. */
function checkEphemeral(
  request: AdmissionRequest,
  lookup: AdmissionLookup,
  context: RegistryContext,
): Status | undefined {
  if (!has(context.minor, apiServer.ephemeralSecretsMustBeMountable)) return undefined
  const pod = request.object as Pod // it concerns Pods alone
  const { serviceAccountName: name = '' } = pod.spec
  if (name === '')
    return forbid(request, `no service account specified for pod ${request.namespace}/${pod.metadata.name}`)
  const account = lookup.get<ServiceAccount>(serviceAccounts, request.namespace, name)
  if (account === undefined) return missingAccount(request, name)
  const why = isEnforced(account) ? unreferencedByEphemeral(pod, account, context.minor) : undefined
  return why === undefined ? undefined : plainError(why)
}

function missingAccount(request: AdmissionRequest, name: string): Status {
  const why = `error looking up service account ${request.namespace}/${name}: serviceaccount ${goQuote(name)} not found`
  return forbid(request, why)
}

/** Ten looks for the account that each namespace gets, 0.1 to 0.2 s apart; one for any other. Source: getServiceAccount. */
function missingYet(request: AdmissionRequest, name: string, { random }: RegistryContext): Status {
  const status = missingAccount(request, name)
  return name === 'default' ? refusedUnlessLater(status, { times: 9, everyMs: random.integer(100, 200) }) : status
}

function noToken(account: string): Status {
  const message = `No API token found for service account ${goQuote(account)}, retry after the token is automatically created and added to the service account`
  const details = { name: 'create pod', kind: 'serviceaccounts', retryAfterSeconds: 1 }
  return failure(500, 'ServerTimeout', message, details)
}

function limitReferences(pod: Pod, account: ServiceAccount, context: RegistryContext): string | undefined {
  return isEnforced(account) ? unreferencedSecret(pod, account, context.minor) : undefined
}

function isEnforced(account: ServiceAccount): boolean {
  return trueTexts.has(annotation(account.metadata.annotations, enforceAnnotation) ?? '')
}

/** The spec with the token, or undefined when the account has none yet. Source: mountServiceAccountToken. */
function mountToken(
  spec: Pod['spec'],
  account: ServiceAccount,
  lookup: AdmissionLookup,
  context: RegistryContext,
): Pod['spec'] | undefined {
  const isBound = context.gates.BoundServiceAccountTokenVolume
  const token = isBound ? '' : referencedToken(account, lookup)
  if (token === undefined) return undefined
  const volumes = spec.volumes ?? []
  const existing = volumes.find((volume) =>
    isBound ? volume.name.startsWith(`${boundVolumeName}-`) : volume.secret?.secretName === token,
  )
  const name = existing?.name ?? newVolumeName(token, volumes, context)
  const mount: VolumeMount = onePart({ name, readOnly: true, mountPath: tokenMountPath })
  let isNeeded = false
  const withMount = (container: Container): Container => {
    const mounts = container.volumeMounts ?? []
    if (mounts.some(({ mountPath }) => mountPath === tokenMountPath)) return container
    isNeeded = true
    return extended(container, { volumeMounts: mounts.concat(mount) })
  }
  const next = {
    ...spec,
    ...(spec.initContainers === undefined ? {} : { initContainers: spec.initContainers.map(withMount) }),
    containers: (spec.containers ?? []).map(withMount),
  }
  if (existing !== undefined || !isNeeded) return next
  return extended(next, { volumes: volumes.concat(isBound ? boundVolume(name, context) : tokenVolume(name, token)) })
}

function newVolumeName(token: string, volumes: readonly Volume[], context: RegistryContext): string {
  if (token === '') return generateName(`${boundVolumeName}-`, context.random)
  return volumes.some(({ name }) => name === token) ? generateName(`${token}-`, context.random) : token
}

function tokenVolume(name: string, secretName: string): Volume {
  return onePart({ name, secret: onePart({ secretName, defaultMode: defaultFileMode }) })
}

/** One hour, and seven seconds since v1.21, by which the kubelet tells such tokens. Source: createVolume, WarnOnlyBoundTokenExpirationPeriod. */
function boundVolume(name: string, context: RegistryContext): Volume {
  const expirationSeconds = has(context.minor, apiServer.tokensLiveSevenSecondsLonger) ? 3607 : 3600
  const fieldRef = { apiVersion: 'v1', fieldPath: 'metadata.namespace' }
  return {
    name,
    projected: {
      sources: [
        { serviceAccountToken: { expirationSeconds, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        { downwardAPI: { items: [{ path: 'namespace', fieldRef }] } },
      ],
      defaultMode: defaultFileMode,
    },
  }
}

/** The first Secret that an account lists and that is a token of its own. Source: getReferencedServiceAccountToken. */
function referencedToken(account: ServiceAccount, lookup: AdmissionLookup): string | undefined {
  for (const { name = '' } of account.secrets ?? []) {
    const secret = lookup.get<Secret>(secrets, account.metadata.namespace, name)
    if (secret !== undefined && isTokenOf(secret, account)) return name
  }
  return undefined
}

/** Source: pkg/serviceaccount/util.go, IsServiceAccountToken. */
function isTokenOf(secret: Secret, account: ServiceAccount): boolean {
  if (secret.type !== 'kubernetes.io/service-account-token') return false
  const { annotations } = secret.metadata
  const uid = annotation(annotations, 'kubernetes.io/service-account.uid') ?? ''
  return (
    annotation(annotations, 'kubernetes.io/service-account.name') === account.metadata.name &&
    (uid === '' || uid === account.metadata.uid)
  )
}
