import { isEphemeral } from '../../api/pod-references.ts'
import type { Container, Pod } from '../../api/types/core.ts'
import type { ObjectReference } from '../../api/types/meta.ts'
import type { EventRecorder } from '../../client/event-recorder.ts'
import { type NamedObject, PartReference } from '../../client/event-row.ts'
import { extended } from '../../kernel/extended.ts'
import { onePart } from '../../kernel/recent-parts.ts'
import { RecentTexts } from '../../kernel/recent-texts.ts'

/** The kubelet's events, with the references that the real one makes. */
export interface KubeletEvents {
  pod(pod: Pod, type: 'Normal' | 'Warning', reason: string, message: string): void
  /** With `fieldPath`. */
  container(pod: Pod, container: Container, type: 'Normal' | 'Warning', reason: string, message: string): void
  node(type: 'Normal' | 'Warning', reason: string, message: string): void
  /** The Pod with this uid is gone for good. */
  forget(uid: string): void
}

export function createKubeletEvents(recorder: EventRecorder, nodeName: string): KubeletEvents {
  return new RecordedEvents(recorder, nodeName)
}

class RecordedEvents implements KubeletEvents {
  readonly #recorder: EventRecorder
  readonly #nodeName: string
  /** What was last spoken of: mostly the next event is about the same. */
  #pod: Pod['metadata'] | undefined
  #podReference: ObjectReference | undefined
  #container: string | undefined
  #containerReference: ObjectReference | undefined
  readonly #paths = new RecentTexts()

  constructor(recorder: EventRecorder, nodeName: string) {
    this.#recorder = recorder
    this.#nodeName = nodeName
  }

  forget(uid: string): void {
    this.#recorder.forget(uid)
    this.#pod = undefined
    this.#podReference = undefined
    this.#containerReference = undefined
  }

  pod(pod: Pod, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#recorder.event(this.#referenceTo(pod), type, reason, message)
  }

  container(pod: Pod, container: Container, type: 'Normal' | 'Warning', reason: string, message: string): void {
    const ofPod = this.#referenceTo(pod)
    if (this.#containerReference === undefined || this.#container !== container.name) {
      this.#container = container.name
      this.#containerReference = partReference(ofPod, this.#paths.one(fieldPath(pod, container)))
    }
    this.#recorder.event(this.#containerReference, type, reason, message)
  }

  /** The kubelet knows its Node only by name and gives that as uid. Source: kubelet.go, nodeRef. */
  node(type: 'Normal' | 'Warning', reason: string, message: string): void {
    const [name, uid] = [this.#nodeName, this.#nodeName]
    this.#recorder.event({ kind: 'Node', name, uid, namespace: '' }, type, reason, message)
  }

  #referenceTo(pod: Pod): ObjectReference {
    const { metadata } = pod
    if (this.#podReference === undefined || !isSame(this.#pod, metadata)) {
      this.#podReference = podReference(pod)
      this.#containerReference = undefined
    }
    this.#pod = metadata
    return this.#podReference
  }
}

function isSame(a: Pod['metadata'] | undefined, b: Pod['metadata']): boolean {
  return a === b || (a?.uid === b.uid && a?.resourceVersion === b.resourceVersion && a?.name === b.name)
}

function partReference(pod: ObjectReference, fieldPath: string): ObjectReference {
  const { kind, namespace, name, uid, apiVersion, resourceVersion } = pod
  const isNamed = kind !== undefined && name !== undefined && apiVersion !== undefined
  if (!isNamed || namespace === undefined || uid === undefined || resourceVersion === undefined)
    return extended(pod, { fieldPath })
  return onePart(new PartReference(pod as NamedObject, fieldPath)) // all of it is there
}

/** Source: pkg/kubelet/container/ref.go, fieldPath. */
function fieldPath(pod: Pod, container: Container): string {
  const isInit = pod.spec.initContainers?.some(({ name }) => name === container.name) ?? false
  const list = isInit ? 'initContainers' : isEphemeral(pod, container.name) ? 'ephemeralContainers' : 'containers'
  return `spec.${list}{${container.name}}`
}

function podReference(pod: Pod): ObjectReference {
  const { name, namespace, uid, resourceVersion } = pod.metadata
  if (namespace !== undefined && uid !== undefined && resourceVersion !== undefined)
    return onePart({ kind: 'Pod', namespace, name, uid, apiVersion: 'v1', resourceVersion })
  return {
    kind: 'Pod',
    ...(namespace === undefined ? {} : { namespace }),
    name,
    ...(uid === undefined ? {} : { uid }),
    apiVersion: 'v1',
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  }
}
