import type { Pod } from '../api/types/core.ts'
import type { KubeObject } from '../api/types/meta.ts'
import type { PodTemplateSpec } from '../api/types/workload-specs.ts'
import { type Client, type RequestError, resources } from '../client/client.ts'
import type { EventRecorder } from '../client/event-recorder.ts'
import { errorText, isNamespaceTerminating, isNotFound } from '../client/refusals.ts'
import { all, settled } from '../kernel/all.ts'
import { type Steps, wait } from '../kernel/steps.ts'
import { type ControllerKind, eventReference, newControllerRef } from './objects.ts'

/** Creates and deletes Pods for a controller, with its events. Source: pkg/controller/controller_utils.go, RealPodControl. */
export interface PodControl {
  /** Creates Pods, all at once; answers how each of them went, in their order. */
  create(owner: KubeObject, pods: readonly object[]): Steps<readonly (RequestError | undefined)[]>
  /** Deletes Pods, all at once. */
  delete(owner: KubeObject, pods: readonly Pod[]): Steps<readonly (RequestError | undefined)[]>
}

export function createPodControl(client: Client, recorder: EventRecorder, kind: ControllerKind): PodControl {
  return {
    *create(owner, pods) {
      const namespace = owner.metadata.namespace ?? ''
      const reference = eventReference(owner, kind)
      const sent = pods.map((pod) => settled(client.create<Pod>(resources.pods, pod, { namespace })))
      const created = yield* wait(all(sent))
      return created.map((one) => {
        if (one.ok) {
          recorder.event(reference, 'Normal', 'SuccessfulCreate', `Created pod: ${one.value.metadata.name}`)
          return undefined
        }
        if (!isNamespaceTerminating(one.error))
          recorder.event(reference, 'Warning', 'FailedCreate', `Error creating: ${errorText(one.error)}`)
        return one.error
      })
    },
    *delete(owner, pods) {
      const reference = eventReference(owner, kind)
      const sent = pods.map(({ metadata: { namespace = '', name } }) =>
        settled(client.delete(resources.pods, { namespace, name })),
      )
      const deleted = yield* wait(all(sent))
      return deleted.map((one, at) => {
        const name = pods[at]?.metadata.name
        if (one.ok) recorder.event(reference, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`)
        else if (!isNotFound(one.error))
          recorder.event(reference, 'Warning', 'FailedDelete', `Error deleting: ${errorText(one.error)}`)
        return one.ok ? undefined : one.error
      })
    },
  }
}

/**
 * Creates 1 Pod, then 2, 4, 8, ... until a batch fails: what fails for one would fail for all. Answers how many need not
 * be created again, and why it ended. Source: replica_set.go, slowStartBatch.
 */
export function* createSlowly(
  control: PodControl,
  owner: KubeObject,
  pods: readonly object[],
): Steps<{ readonly made: number; readonly error: RequestError | undefined }> {
  let made = 0
  for (let batch = Math.min(1, pods.length); batch > 0; batch = Math.min(2 * batch, pods.length - made)) {
    const errors = yield* control.create(owner, pods.slice(made, made + batch))
    // In a namespace that goes away nothing can be created, and nobody need be told.
    const failed = errors.filter((error) => error !== undefined && !isNamespaceTerminating(error))
    made += batch - failed.length
    if (failed[0] !== undefined) return { made, error: failed[0] }
  }
  return { made, error: undefined }
}

/** A Pod of a template, as controllers create it. Source: controller_utils.go, GetPodFromTemplate. */
export function podFromTemplate(
  template: PodTemplateSpec,
  owner: KubeObject,
  kind: ControllerKind,
  { generateName = podNamePrefix(owner.metadata.name) }: { readonly generateName?: string } = {},
): object {
  const { labels, annotations, finalizers } = template.metadata ?? {}
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName,
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
      ...(finalizers === undefined ? {} : { finalizers }),
      ownerReferences: [newControllerRef(owner, kind)],
    },
    spec: template.spec,
  }
}

/** Longest name of a Pod. Source: apimachinery pkg/util/validation, DNS1123SubdomainMaxLength. */
const nameMax = 253

/** With a dash if that still makes a name. Source: controller_utils.go, getPodsPrefix. */
function podNamePrefix(name: string): string {
  return name.length + 1 <= nameMax ? `${name}-` : name
}
