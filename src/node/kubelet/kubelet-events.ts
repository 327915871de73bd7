import { isEphemeral } from '../../api/pod-references.ts'
import type { Container, Pod } from '../../api/types/core.ts'
import type { ObjectReference } from '../../api/types/meta.ts'
import type { EventRecorder } from '../../client/event-recorder.ts'
import { extended } from '../../kernel/extended.ts'
import { flat } from '../../kernel/flat-text.ts'

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
  return {
    forget: (uid) => recorder.forget(uid),
    pod: (pod, type, reason, message) => recorder.event(podReference(pod), type, reason, message),
    container: (pod, container, type, reason, message) =>
      recorder.event(extended(podReference(pod), { fieldPath: fieldPath(pod, container) }), type, reason, message),
    // The kubelet knows its Node only by name and gives that as uid. Source: kubelet.go, nodeRef.
    node: (type, reason, message) =>
      recorder.event({ kind: 'Node', name: nodeName, uid: nodeName, namespace: '' }, type, reason, message),
  }
}

/** Source: pkg/kubelet/container/ref.go, fieldPath. */
function fieldPath(pod: Pod, container: Container): string {
  const isInit = pod.spec.initContainers?.some(({ name }) => name === container.name) ?? false
  const list = isInit ? 'initContainers' : isEphemeral(pod, container.name) ? 'ephemeralContainers' : 'containers'
  return flat(`spec.${list}{${container.name}}`)
}

function podReference(pod: Pod): ObjectReference {
  const { name, namespace, uid, resourceVersion } = pod.metadata
  if (namespace !== undefined && uid !== undefined && resourceVersion !== undefined)
    return { kind: 'Pod', namespace, name, uid, apiVersion: 'v1', resourceVersion }
  return {
    kind: 'Pod',
    ...(namespace === undefined ? {} : { namespace }),
    name,
    ...(uid === undefined ? {} : { uid }),
    apiVersion: 'v1',
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  }
}
