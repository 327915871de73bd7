import { equalJson } from '../../../api/json.ts'
import { goDiff } from '../../../api/structs/diff.ts'
import { goJsonDiff } from '../../../api/structs/diff-json.ts'
import type { Pod } from '../../../api/types/core.ts'
import {
  annotation,
  mirrorAnnotation,
  validateAnnotationUpdates,
  validatePod,
} from '../../../api/validation/pod-validation.ts'
import type { Validator } from '../../../api/validation/validator.ts'
import { goQuote } from '../../../go/quote.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'
import type { Part } from '../strategy.ts'
import { errorsOf, keptMetadata } from './settings.ts'

/**
 * pods/x/ephemeralcontainers: containers that are added to a Pod to look into it. It is off until v1.23, and with it the
 * form that v1.16 to v1.21 had.
 * Source: pkg/registry/core/pod/strategy.go, podEphemeralContainersStrategy; pkg/registry/core/rest/storage_core.go.
 */
export const ephemeralContainers: Part<Pod> = {
  isServed: (minor) => has(minor, apiServer.ephemeralContainers),
  prepareForUpdate(next, old) {
    const metadata = keptMetadata(next, old)
    const { ephemeralContainers: _before, ...spec } = old.spec
    const { ephemeralContainers: wanted = [] } = next.spec
    return { ...old, metadata, spec: wanted.length === 0 ? spec : { ...spec, ephemeralContainers: wanted } }
  },
  validate: (next, old, context) =>
    errorsOf(context, (v) => {
      if (has(v.minor, apiServer.ephemeralNotInStaticPods) && isMirror(old)) {
        v.forbidden('[]', 'static pods do not support ephemeral containers')
        return
      }
      validatePod(v, next)
      validateAnnotationUpdates(v, next, old)
      keepExisting(v, next, old)
    }),
}

function isMirror({ metadata }: Pod): boolean {
  return annotation(metadata.annotations, mirrorAnnotation) !== undefined
}

/** Source: pkg/apis/core/validation/validation.go, ValidatePodEphemeralContainersUpdate. */
function keepExisting(v: Validator, next: Pod, old: Pod): void {
  const field = 'spec.ephemeralContainers'
  const byName = new Map((next.spec.ephemeralContainers ?? []).map((container) => [container.name, container]))
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
