import type { clauses as ids } from '../../scenario/clauses.ts'
import type { TermFacts } from './term.ts'

type ClauseId = (typeof ids)[number]

/** What each clause of the Secrets page says, in podsim's own words. */
const meanings: Readonly<Record<ClauseId, readonly [means: string, ...related: readonly string[]]>> = {
  O1: [
    'A Secret reaches a Pod in three ways: files in a volume, variables in the environment, and credentials with which the kubelet pulls images.',
    'secretName',
    'secretKeyRef',
    'imagePullSecrets',
  ],
  O2: ['In v1.18 each ServiceAccount gets a Secret with a token of its own, made by the system.', 'ServiceAccount'],
  O3: [
    "Each Pod that is made gets its ServiceAccount's token mounted, unless Pod or account forbid it.",
    'automountServiceAccountToken',
  ],
  C1: [
    '`kubectl create secret` makes Secrets from files, folders, env files and literals, and those for registries and TLS.',
    'data',
  ],
  C2: ["A Secret's name must be a DNS subdomain; anything else is refused.", 'Invalid'],
  C3: [
    'The shell reads a command line before kubectl does: `$`, `\\`, `*` and `!` in a value must be quoted with single quotes, or the value comes from a file.',
  ],
  C4: ['`kubectl get secrets` and `describe` show names, types and sizes, never values.'],
  C5: [
    '`stringData` takes plain text; it is merged into `data`, where it wins, and never comes back.',
    'stringData',
    'data',
  ],
  C6: ['Keys are made of letters, digits, `-`, `_` and `.`; others are refused.', 'Invalid'],
  C7: [
    'A value under `data` that is no base64 is refused. The page calls line ends in it invalid; the real server skips them.',
    'BadRequest',
    'NEWLINES_IN_VALUE',
  ],
  C8: ['`get -o yaml` gives the values in base64, and decoding gives back the very bytes that went in.'],
  C9: ['Secrets are applied, edited and deleted as any object.', 'Conflict'],
  C10: [
    'A kustomization can make Secrets whose names end in a hash of their content, so that a new content is a new name and Pods roll.',
    'rollout',
  ],
  V1: ['Each key of the Secret is a file below the mount path, decoded.', 'secretName'],
  V2: ['Each container mounts a volume by itself; one that does not mount it does not see it.'],
  V3: ['`items` shows only some keys, at paths of their own.', 'items'],
  V4: [
    'A key in `items` that the Secret does not have keeps the volume from being made, and the Pod from starting.',
    'FailedMount',
    'optional',
  ],
  V5: ['Files have mode 0644, or `defaultMode`, or the `mode` of their item.', 'defaultMode'],
  V6: [
    'A container sees what it would on a real node: links through `..data` to a directory with a time in its name.',
    '..data',
  ],
  V7: ['Keys that begin with a dot are hidden files.'],
  V8: ['Nobody can write into the mount of a Secret.', 'readOnly'],
  U1: [
    'A mounted Secret follows an update at a sync of the kubelet, and all of its files switch in one step.',
    'sync',
    '..data',
  ],
  U2: ['Kubelets keep copies of Secrets and learn of changes in one of three ways.', 'Watch', 'Cache', 'Get'],
  U3: [
    'An update is in the files at the latest after the sync period and the delay of the copy: that of the watch, the ttl, or none.',
    'delay',
    'syncFrequency',
    'ttl',
  ],
  U4: [
    'Mounts by `subPath` and variables never follow an update: the container must be made anew.',
    'subPath',
    'environment',
  ],
  I1: ['`immutable: true` counts where the feature is on: not by default in v1.18, later everywhere.', 'immutable'],
  I2: [
    'The data of an immutable Secret cannot change and the mark cannot be taken back; delete it and make it anew.',
    'immutable',
    'Invalid',
  ],
  I3: [
    'Kubelets close their watch on an immutable Secret, which takes load from the API server.',
    'immutable',
    'Watch',
  ],
  I4: [
    'Running Pods keep the content of an immutable Secret that was deleted, even when one of its name is made anew.',
    'immutable',
  ],
  E1: ['`secretKeyRef` puts one key into one variable, decoded.', 'secretKeyRef'],
  E2: [
    '`envFrom` takes all keys; those that are no names of variables are left out, and an event lists them.',
    'envFrom',
    'InvalidEnvironmentVariableNames',
  ],
  E3: [
    'A container whose variable needs a Secret that is missing does not start until it is there, unless it is optional.',
    'CreateContainerConfigError',
    'optional',
  ],
  E4: ['So it is with a key that the Secret lacks.', 'CreateContainerConfigError'],
  P1: [
    '`imagePullSecrets` gives the kubelet credentials of registries; without them a private image cannot be pulled.',
    'imagePullSecrets',
    'ErrImagePull',
    'ImagePullBackOff',
  ],
  P2: ['A Pod without pull Secrets of its own gets those of its ServiceAccount.', 'ServiceAccount'],
  P3: ['A Secret can be put into Pods by their labels (PodPreset, gone from v1.20 on).'],
  P4: ['A ServiceAccount can limit its Pods to the Secrets that it lists.', 'ServiceAccount'],
  R1: ['A Pod can use only Secrets of its own namespace.', 'NotFound'],
  R2: ['A Secret holds 1 MiB at most. Many small ones still fill the memory of API server and kubelets.', 'Invalid'],
  R3: ['Pods that a kubelet takes from a file or URL cannot use Secrets.', 'static-pod.refused'],
  L1: ['Nobody looks whether the Secrets of a Pod are there when the Pod is made.', 'Pending'],
  L2: [
    'The kubelet fetches the Secrets of a Pod that came to its node, tries again where it cannot, and says so in an event.',
    'FailedMount',
    'back-off',
  ],
  L3: ['No container starts before all volumes of the Pod are there.', 'ContainerCreating'],
  L4: ['A Secret that is deleted stays in the files of running Pods; new Pods wait for it.', 'FailedMount'],
  L5: ['When a Pod is gone, nothing of its Secrets is left on the node.', 'tmpfs', 'Terminating'],
  L6: [
    'What a restart of the kubelet, a reboot, a lost connection and a move to another node each leave.',
    'Rebooted',
    'partition',
    'NodeNotReady',
  ],
  B1: ['Variables of a container from a Secret.', 'secretKeyRef'],
  B2: ['A Pod with keys for ssh.', 'secretName'],
  B3: ['Credentials for production and test: two Pods from one template.'],
  B4: ['Hidden files in a volume.', 'V7'],
  B5: ['A Secret that only one container of a Pod sees: a front end asks a signer.', 'V2'],
  S1: ['A node gets a Secret only if a Pod on it needs it.', 'node authorizer', 'cache'],
  S2: ['On a node Secrets lie in memory, never on disk.', 'tmpfs'],
  S3: ['No Pod reaches the Secrets of another, no container those that it does not mount.'],
  S4: ['`get` gives away one Secret, `list` and `watch` all of a namespace.', 'RBAC'],
  S5: ['Who needs a Secret watches what refers to it and reads it when that changes, instead of reading all the time.'],
  S6: [
    'What a Secret does not protect from: plain text in etcd, base64, everybody who may make Pods in the namespace, root on a node.',
    'etcd',
    'RBAC',
  ],
}

/** The clauses as terms. */
export const clauseTerms: Readonly<Record<string, TermFacts>> = Object.fromEntries(
  Object.entries(meanings).map(([id, [means, ...related]]) => [
    id,
    { means, related, source: 'the Secrets page of Kubernetes v1.18' },
  ]),
)
