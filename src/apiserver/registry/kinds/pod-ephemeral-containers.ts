import { equalJson, isObject } from '../../../api/json.ts'
import { badRequest, invalidStatus, notFoundStatus } from '../../../api/status.ts'
import { goDiff } from '../../../api/structs/diff.ts'
import { goJsonDiff } from '../../../api/structs/diff-json.ts'
import type { EphemeralContainer, Pod } from '../../../api/types/core.ts'
import type { Status } from '../../../api/types/meta.ts'
import { validateEphemeralContainers } from '../../../api/validation/container-validation.ts'
import type { Validator } from '../../../api/validation/validator.ts'
import { goQuote } from '../../../go/quote.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'
import type { CallAnswer, RegistryContext, Subresource } from '../strategy.ts'
import { podsOf } from './pod-binding.ts'
import { errorsOf } from './settings.ts'

/**
 * pods/x/ephemeralcontainers: containers that are added to a Pod to look into it. Off until v1.23.
 * Source: pkg/registry/core/pod/storage/storage.go, EphemeralContainersREST.
 */
export const ephemeralContainers: Subresource = {
  handle(call, registry): CallAnswer {
    if (!has(registry.context.minor, apiServer.ephemeralContainers))
      return { ok: false, status: badRequest('feature EphemeralContainers disabled') }
    if (call.verb === 'get') {
      const pod = registry.get<Pod>(podsOf(call), call.namespace, call.name)
      if (pod === undefined) return { ok: false, status: notFoundStatus({ group: '', resource: 'pods' }, call.name) }
      return { ok: true, code: 200, object: pod }
    }
    const body = isObject(call.body) ? (call.body as unknown as Pod) : undefined // decoded as a Pod
    const wanted = body?.spec?.ephemeralContainers ?? []
    return registry.update<Pod>(
      call,
      podsOf(call),
      call.namespace,
      call.name,
      (pod) => withContainers(pod, wanted, registry.context),
      'none',
    )
  },
}

function withContainers(pod: Pod, wanted: readonly EphemeralContainer[], context: RegistryContext): Pod | Status {
  const spec = { ...pod.spec, ephemeralContainers: wanted.map(withDefaults) }
  const errors = errorsOf(context, (v) => validateContainersUpdate(v, { ...pod, spec }, pod))
  if (errors.length > 0) return invalidStatus({ group: '', kind: 'Pod' }, pod.metadata.name, errors)
  return { ...pod, spec }
}

function withDefaults(container: EphemeralContainer): EphemeralContainer {
  return {
    ...container,
    terminationMessagePath: container.terminationMessagePath || '/dev/termination-log',
    terminationMessagePolicy: container.terminationMessagePolicy || 'File',
    imagePullPolicy: container.imagePullPolicy || 'Always',
    resources: container.resources ?? {},
  }
}

/** Source: ValidatePodEphemeralContainersUpdate. */
function validateContainersUpdate(v: Validator, next: Pod, old: Pod): void {
  const field = 'spec.ephemeralContainers'
  const { spec } = next
  const volumes = new Map((spec.volumes ?? []).map((volume) => [volume.name, volume]))
  const others = [...(spec.containers ?? []), ...(spec.initContainers ?? [])]
  const containers = spec.ephemeralContainers ?? []
  validateEphemeralContainers(v, field, containers, others, volumes)
  const byName = new Map(containers.map((container) => [container.name, container]))
  for (const container of old.spec.ephemeralContainers ?? []) {
    const now = byName.get(container.name)
    const which = `existing ephemeral containers ${goQuote(container.name)}`
    if (now === undefined) v.forbidden(field, `${which} may not be removed\n`)
    else if (!equalJson(now, container)) {
      const differ = has(v.minor, apiServer.differencesAreLinesOfJson) ? goJsonDiff : goDiff
      v.forbidden(field, `${which} may not be changed\n${differ('core.EphemeralContainer', container, now)}`)
    }
  }
}
