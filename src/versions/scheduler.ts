import { changes } from './changes.ts'

/** What the scheduler does from a minor version on. */
export const scheduler = changes({
  missingLabelsAreNoConflict: [
    20,
    "a node without the topology key can't be helped by preemption",
    'pkg/scheduler/framework/plugins/podtopologyspread/filtering.go',
  ],
  balancesByHalves: [
    23,
    'balanced allocation weighs by the standard deviation, and full nodes count',
    'pkg/scheduler/framework/plugins/noderesources/balanced_allocation.go',
  ],
  fewerScores: [
    23,
    'the default plugins and weights of the v1beta3 profile',
    'pkg/scheduler/apis/config/v1beta3/default_plugins.go',
  ],
  conditionsTellGenerations: [
    34,
    'the condition PodScheduled tells of which generation of the Pod it is',
    'pkg/features/kube_features.go, PodObservedGenerationTracking (beta); pkg/scheduler/schedule_one.go',
  ],
  deallocatesClaims: [
    34,
    'what preemption found comes after the words of dynamic resources: `no new claims to deallocate`',
    'pkg/scheduler/framework/plugins/dynamicresources/dynamicresources.go, PostFilter; pkg/features/kube_features.go, DynamicResourceAllocation (GA); recorded v1.36',
  ],
  nodesMayBeTooSmall: [
    34,
    'a node that is too small for a Pod even when empty cannot be helped by preemption',
    'pkg/scheduler/framework/plugins/noderesources/fit.go, Fits (pull request 131345); recorded v1.36',
  ],
  oneFullStop: [
    28,
    'what preemption found ends with one full stop',
    'pkg/scheduler/framework/preemption/preemption.go',
  ],
})
