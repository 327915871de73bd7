/**
 * Journal records of the kubelet. Their actor is `kubelet/<node>`, their object the Pod or the Node. What the container
 * runtime does is in runtime/records.ts; what of it the recorded timelines know stands beside each type.
 */
export const kubeletRecords = {
  'kubelet.start': 'The kubelet starts; it remembers nothing of earlier runs.',
  'kubelet.stop': 'It stops: memory is lost, containers and mounts stay.',
  'kubelet.register': 'The Node object was made or taken over. Detail: isNew.',
  'copy.arrived':
    'A copy of a Secret or ConfigMap came to the node, or word that there is none. Detail: by (list, watch, get), resourceVersion unless there is none, was (the version before), changed.',
  'copy.reused':
    'A sync was given the copy that the node had (strategy Cache). Detail: resourceVersion, ageMs, error of a reading that failed.',
  'pod.sync': 'A sync of a Pod begins. Detail: phase (running, terminating, terminated).',
  'pod.synced': 'It ended. Detail: nextInMs, until the Pod is due again; error, if it failed.',
  'pod.sync-due':
    'The next sync of a Pod that was idle will find something. Detail: nextInMs; lastAgoMs, since the last idle sync if there was one.',
  'subpath.bind':
    'A container gets a subPath of a volume. Detail: container, volume, subPath, mountPath, isNew, sources of the volume.',
  'volume.set-up': 'A volume has its content (set-up ok). Detail: volume, refresh, changed, sources.',
  'volume.set-up-failed': 'It has not (set-up failed). Detail: volume, error, retryNotBeforeMs.',
  'volume.tear-down': 'A volume is gone, with all that was in it (tear-down ok). Detail: volume.',
  'pod-directory.create': "The Pod's directory on the node was made.",
  'pod-directory.remove': 'It was removed: nothing of the Pod is left on the node.',
  'mirror-pod.refused': 'The API server refused the mirror of a static Pod. Detail: message.',
  'static-pod.refused': 'A static Pod was not taken. Detail: message.',
  'pod.evicted': 'The node runs short, and ends a Pod. Detail: message.',
  'pod.refused': 'The node does not take a Pod that was bound to it. Detail: reason, message.',
  'object.visible':
    'Containers see another version of a Secret or ConfigMap. Detail: kind, name, resourceVersion, volume or container, copyAgeMs, sinceSyncMs.',
} as const
