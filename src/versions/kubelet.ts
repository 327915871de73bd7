import { changes } from './changes.ts'

/** What the kubelet and its runtime do from a minor version on. */
export const kubelet = changes({
  readsItsNodeFromCache: [
    31,
    'what its Node was told is read from the informer, which after an outage is as late as other watches: until then a node that others call unready stays so',
    'pkg/kubelet/kubelet_node_status.go, tryUpdateNodeStatus; kubernetes #123977; recorded v1.36 (outage-watch)',
  ],
  waitsForServices: [
    19,
    'no container is made before Services were read once',
    'pkg/kubelet/kubelet_pods.go, makeEnvironmentVariables; facts/kubelet.md 6.2',
  ],
  authErrorsTellTheForm: [
    19,
    'a docker config whose `auth` has no colon is told how it must be formatted',
    'pkg/credentialprovider/config.go, decodeDockerConfigFieldAuth; kubernetes #82829',
  ],
  rootRefusalsNameThePod: [
    20,
    'refusals by runAsNonRoot name Pod and container',
    'pkg/kubelet/kuberuntime/security_context_others.go, verifyRunAsNonRoot; CHANGELOG-1.20 (#94911)',
  ],
  finishesSyncsOfTheGone: [
    22,
    'a Pod worker finishes the sync that it is in before it ends a Pod',
    'pkg/kubelet/pod_workers.go; recorded v1.26',
  ],
  containerd: [24, 'the runtime is containerd: dockershim is gone', 'pkg/kubelet/dockershim, removed'],
  evictionsTellThresholds: [
    28,
    'evictions tell the threshold and what is available (v1.28 does; the minor in between was not looked up)',
    'pkg/kubelet/eviction/helpers.go, evictionMessage',
  ],
  pullErrorsWithoutUnknownCode: [
    28,
    'pull errors have no `rpc error: code = Unknown`',
    'cri-client remote_image.go, pullImageV1; v1.36/README.md row 15',
  ],
  envFromKeepsAllNames: [
    30,
    'envFrom takes keys that are no names of variables',
    'pkg/kubelet/kubelet_pods.go; pkg/features/kube_features.go, RelaxedEnvironmentVariableValidation',
  ],
  imageErrorsNameTheRepository: [
    31,
    'errors of image names tell the repository',
    'distribution/reference v0.6.0; v1.36/README.md row 21 (recorded; v1.26 is the older end)',
  ],
  readsPullSecretsFirst: [
    33,
    'a pull Secret that cannot be read keeps a container from starting with nothing but its error: no pull is tried',
    'pkg/kubelet/images/image_manager.go, makeLookupPullCredentialsFunc; kubernetes #133079',
  ],
  refusesGroupPolicies: [
    33,
    'a Pod with supplementalGroupsPolicy Strict is refused where the runtime knows no such policy (containerd before 2)',
    'pkg/kubelet/lifecycle/predicate.go, Admit; website concepts/security-context, note on v1.33',
  ],
  tellsCompletedResizes: [
    34,
    'an event tells that a Pod has what it was resized to',
    'pkg/kubelet/kubelet.go, SyncPod; CHANGELOG-1.34 (#130387)',
  ],
  tellsResizes: [
    35,
    'events tell of resizes that begin, have to wait, cannot be or fail',
    'pkg/kubelet/events/pod_resize.go; kubernetes #133528 and #134825',
  ],
  tellsUsageOfResizes: [
    34,
    'a limit below what a container uses is told with both amounts',
    'pkg/kubelet/kuberuntime/kuberuntime_manager.go, validateMemoryResizeAction',
  ],
  containerd2: [
    34,
    'the runtime is containerd 2 with runc 1.3, as clusters of its time have it',
    "podsim's choice; amazon-eks-ami and kind images of v1.34",
  ],
  expandsWholeCharacters: [
    34,
    '`$` before a character of several bytes leaves it whole (v1.34.4, v1.35.1)',
    'third_party/forked/golang/expansion/expand.go, tryReadVariableName; kubernetes pull 136325',
  ],
  readsEnvFiles: [
    35,
    'variables are read from files of volumes (`fileKeyRef`)',
    'pkg/features/kube_features.go, EnvFiles (beta); pkg/kubelet/util/env/env_util.go; kubernetes #134414',
  ],
  sendsOnlyUtf8: [
    34,
    'a container whose environment is no UTF-8 is not made (v1.34.10 and v1.36.3 make it again)',
    'staging/src/k8s.io/cri-api, api.proto, KeyValue; kubernetes issue 139132',
  ],
  backOffTellsThePullError: [
    32,
    'ImagePullBackOff tells the error of the last pull',
    'pkg/kubelet/images/image_manager.go; facts/kubelet.md 7.4',
  ],
})
