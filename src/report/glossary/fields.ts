import type { TermFacts } from './term.ts'

/** Fields of manifests by which Secrets are made and reach Pods, and those of the kubelet that decide when. */
export const fields: Readonly<Record<string, TermFacts>> = {
  data: {
    means: 'The values of a Secret by their keys, in base64. All keys together may have 1 MiB.',
    source: 'pkg/apis/core/types.go, Secret',
    clauses: ['C5', 'C6', 'C7', 'R2'],
    related: ['stringData', 'Secret'],
  },
  stringData: {
    means:
      'Values of a Secret as plain text. The API server puts them into `data`, where they win over what is there, and never gives them back.',
    source: 'pkg/apis/core/v1/conversion.go, Convert_v1_Secret_To_core_Secret',
    clauses: ['C5'],
    related: ['data'],
  },
  immutable: {
    means:
      'The data of the Secret cannot change any more, and the mark cannot be taken back. Kubelets close their watch on it, which saves the API server much work.',
    when: 'To change it, delete it and make it anew. Running Pods keep the old content, new Pods get the new.',
    source: 'pkg/apis/core/types.go, Secret; pkg/kubelet/util/manager/watch_based_manager.go',
    clauses: ['I1', 'I2', 'I3', 'I4'],
    related: ['Invalid', 'Watch'],
  },
  type: {
    means:
      'What a Secret is for. Some types must have certain keys: `kubernetes.io/tls` has `tls.crt` and `tls.key`, `kubernetes.io/dockerconfigjson` has `.dockerconfigjson`.',
    source: 'pkg/apis/core/validation/validation.go, ValidateSecret',
    clauses: ['C1'],
    related: ['imagePullSecrets'],
  },
  secretName: {
    means:
      'The Secret whose keys a volume shows as files. It must be in the namespace of the Pod; nobody looks whether it is there until the Pod starts.',
    source: 'pkg/volume/secret/secret.go',
    clauses: ['V1', 'R1', 'L1'],
    related: ['FailedMount', 'items', 'defaultMode'],
  },
  items: {
    means:
      'Which keys a volume shows, and under which paths; all others are left out. A key that the Secret does not have keeps the volume from being made.',
    source: 'pkg/volume/secret/secret.go, MakePayload',
    clauses: ['V3', 'V4'],
    related: ['FailedMount', 'optional'],
  },
  defaultMode: {
    means: 'The mode of the files of a volume, 0644 unless given; `mode` of an item wins over it.',
    when: 'YAML of Kubernetes reads 0400 as octal. JSON has no octal: write 256.',
    source: 'pkg/volume/secret/secret.go, MakePayload',
    clauses: ['V5'],
    related: ['items', 'OCTAL_MODE'],
  },
  optional: {
    means:
      'The Pod starts without what is missing. In a volume the files appear once the Secret is there; in the environment the variable stays away until the container is made anew.',
    source: 'pkg/volume/secret/secret.go; pkg/kubelet/kubelet_pods.go, makeEnvironmentVariables',
    clauses: ['V4', 'E3'],
    related: ['FailedMount', 'CreateContainerConfigError'],
  },
  subPath: {
    means:
      'Mounts one file or directory of a volume instead of the whole. It is bound when the container is made, and never follows an update.',
    source: 'pkg/kubelet/kubelet_pods.go, makeMounts; pkg/volume/util/subpath',
    clauses: ['U4'],
    related: ['delay', '..data'],
  },
  readOnly: {
    means: 'The mount cannot be written. Volumes of Secrets never can, whatever this says.',
    source: 'pkg/volume/secret/secret.go, GetAttributes',
    clauses: ['V8'],
  },
  secretKeyRef: {
    means: 'One key of a Secret as the value of one variable. It is read once, when the container is made.',
    source: 'pkg/kubelet/kubelet_pods.go, makeEnvironmentVariables',
    clauses: ['E1', 'E3', 'E4', 'U4'],
    related: ['CreateContainerConfigError', 'environment', 'envFrom'],
  },
  envFrom: {
    means:
      'All keys of a Secret as variables, with `prefix` before each name if given. Keys that are no names of variables are left out.',
    source: 'pkg/kubelet/kubelet_pods.go, makeEnvironmentVariables',
    clauses: ['E2', 'U4'],
    related: ['InvalidEnvironmentVariableNames', 'secretKeyRef'],
  },
  imagePullSecrets: {
    means:
      'Secrets with credentials of registries, used for pulling the images of the Pod and for nothing else: no container sees them.',
    source: 'pkg/kubelet/kubelet_pods.go, getPullSecretsForPod',
    clauses: ['P1', 'P2'],
    related: ['ErrImagePull', 'FailedToRetrieveImagePullSecret'],
  },
  imagePullPolicy: {
    means:
      'Whether the kubelet asks the registry: `Always`, `IfNotPresent` or `Never`. `Always` where the tag is `latest` or absent, else `IfNotPresent`.',
    source: 'pkg/apis/core/v1/defaults.go, SetDefaults_Container',
    related: ['ErrImageNeverPull', 'Pulled'],
  },
  automountServiceAccountToken: {
    means: "Whether the token of the Pod's ServiceAccount is mounted; the Pod's word wins over that of the account.",
    source: 'plugin/pkg/admission/serviceaccount/admission.go',
    clauses: ['O3'],
    related: ['ServiceAccount'],
  },
  restartPolicy: {
    means:
      'Whether containers that ended are started again: `Always`, `OnFailure` or `Never`. A container that is started again gets its environment anew.',
    source: 'pkg/kubelet/container/helpers.go, ShouldContainerBeRestarted',
    related: ['CrashLoopBackOff', 'environment'],
  },
  terminationGracePeriodSeconds: {
    means:
      'How long a container may take to end after it was told to, before it is killed; thirty seconds unless given.',
    source: 'pkg/apis/core/v1/defaults.go, SetDefaults_PodSpec',
    related: ['Killing', '143', '137'],
  },
  terminationMessagePath: {
    means:
      'A file in which a container may leave a last word before it ends, /dev/termination-log unless given; its last 4 KiB stand in the status of the container, as its `message`.',
    source: 'pkg/kubelet/kuberuntime/kuberuntime_container.go, getTerminationMessage',
    related: ['terminationMessagePolicy', 'CrashLoopBackOff'],
  },
  terminationMessagePolicy: {
    means:
      'Where the last word of a container comes from: File, or with FallbackToLogsOnError the end of its log too, if it failed and left none: 80 lines or 2 KiB.',
    source: 'pkg/kubelet/kuberuntime/kuberuntime_container.go, getTerminationMessage',
    related: ['terminationMessagePath'],
  },
  hostAliases: {
    means: 'Lines that the kubelet adds to /etc/hosts of the containers of a Pod: an address, and names for it.',
    source: 'pkg/kubelet/kubelet_pods.go, managedHostsFileContent',
    related: ['subPath'],
  },
  resourceVersion: {
    means:
      'The number of the last write of an object. Who writes with an old one is answered with a conflict; kubelets tell by it which copy is newer.',
    source: 'apiserver pkg/storage/etcd3',
    related: ['revision', 'Conflict'],
  },
  configMapAndSecretChangeDetectionStrategy: {
    means:
      'How kubelets learn that a Secret changed: `Watch` (default), `Cache` (they ask when the ttl is over) or `Get` (they ask at every sync).',
    source: 'pkg/kubelet/apis/config/types.go, KubeletConfiguration',
    clauses: ['U2', 'U3'],
    related: ['Watch', 'Cache', 'Get', 'delay'],
  },
  syncFrequency: {
    means:
      'How often a kubelet looks at each Pod although nothing happened: one minute unless given, drawn out by up to half of it. Mounted Secrets follow an update at such a sync.',
    source: 'pkg/kubelet/apis/config/types.go, KubeletConfiguration; pkg/kubelet/pod_workers.go, wrapUp',
    clauses: ['U1', 'U3'],
    related: ['sync', 'delay'],
  },
}
