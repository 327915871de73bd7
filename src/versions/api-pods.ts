/** Rows of the API server's table (api-server.ts) about Pods themselves. */
export const podRows = {
  securesPods: [
    23,
    'namespaces say by labels how Pods in them are secured, and those that are not are refused (admission plugin PodSecurity)',
    'pkg/features/kube_features.go, PodSecurity (beta); KEP-2579',
  ],
  appArmorFields: [
    30,
    'profiles of AppArmor are fields, and what forbids some looks at both',
    'pkg/features/kube_features.go, AppArmorFields (beta); pod-security-admission policy/check_appArmorProfile.go',
  ],
  judgesResizes: [
    36,
    'a resize beyond what the node has is refused, and not left to the kubelet',
    'plugin/pkg/admission/podresize/admission.go (v1.36.2; not in v1.35.6)',
  ],
  deletionsEndAfterNow: [
    33,
    'a grace period that is shortened to less than what has passed moves the end of a deletion to now, and counts as one second',
    'apiserver pkg/registry/rest/delete.go, BeforeDelete (v1.33.13; not in v1.32.13)',
  ],
  severalHugePageSizes: [
    19,
    'a Pod may have several sizes of huge pages',
    'pkg/features/kube_features.go, HugePageStorageMediumSize',
  ],
  watchCachesGrow: [
    19,
    'the cache of a resource grows while all its events are of the last 75 s, and shrinks',
    'apiserver pkg/storage/cacher/watch_cache.go, resizeCacheLocked; 4c8b97679',
  ],
  evictsDisruptedPods: [
    19,
    'Pods that are pending or being deleted are evicted whatever budgets say',
    'pkg/registry/core/pod/storage/eviction.go, canIgnorePDB; CHANGELOG-1.19',
  ],
  evictsUnreadyPods: [
    20,
    'Pods that are not ready are evicted while enough others are',
    'pkg/registry/core/pod/storage/eviction.go, Create; CHANGELOG-1.20',
  ],
  ephemeralSecurityContexts: [
    21,
    'ephemeral containers may have a security context',
    'pkg/apis/core/validation/validation.go, allowedEphemeralContainerFields',
  ],
  saysWhenToEvictAgain: [
    21,
    'who would evict a Pod before its budget was looked at is told to try again in 10 s',
    'pkg/registry/core/pod/storage/eviction.go, createTooManyRequestsError; #90299',
  ],
  evictsUnreadyPodsByPolicy: [
    27,
    'a budget may let Pods go that are not ready: `unhealthyPodEvictionPolicy: AlwaysAllow`',
    'pkg/features/kube_features.go, PDBUnhealthyPodEvictionPolicy (beta)',
  ],
  emptyBudgetsHoldEvictions: [
    29,
    'a budget whose selector is empty holds evictions of all Pods of its namespace',
    'pkg/registry/core/pod/storage/eviction.go, getPodDisruptionBudgets; #119732',
  ],
} as const
