import { has } from '../versions/changes.ts'
import { scheduler } from '../versions/scheduler.ts'
import { interPodAffinity } from './filters/inter-pod-affinity.ts'
import { nodeAffinity } from './filters/node-affinity.ts'
import { nodeName } from './filters/node-name.ts'
import { nodePorts } from './filters/node-ports.ts'
import { nodeResourcesFit } from './filters/node-resources-fit.ts'
import { nodeUnschedulable } from './filters/node-unschedulable.ts'
import { podTopologySpread } from './filters/pod-topology-spread.ts'
import { taintToleration } from './filters/taint-toleration.ts'
import { volumeBinding } from './filters/volume-binding.ts'
import { volumeRestrictions } from './filters/volume-restrictions.ts'
import type { FilterPlugin, ScorePlugin } from './framework.ts'
import { defaultPodTopologySpread } from './scores/default-spread.ts'
import { imageLocality } from './scores/image-locality.ts'
import { interPodAffinityScore } from './scores/inter-pod-affinity.ts'
import { nodeAffinityScore } from './scores/node-affinity.ts'
import { podTopologySpreadScore } from './scores/pod-topology-spread.ts'
import { nodePreferAvoidPods } from './scores/prefer-avoid-pods.ts'
import { balancedAllocation, leastAllocated } from './scores/resource-allocation.ts'
import { taintTolerationScore } from './scores/taint-toleration.ts'

export interface WeightedScore {
  readonly plugin: ScorePlugin
  readonly weight: number
}

/** The plugins of the default scheduler, filters in the order in which a node meets them. */
export interface Profile {
  readonly filters: readonly FilterPlugin[]
  readonly scores: readonly WeightedScore[]
}

/** Source: v1.18 pkg/scheduler/algorithmprovider/registry.go, getDefaultConfig and applyFeatureGates. */
const profile18: Profile = {
  filters: [
    nodeUnschedulable,
    nodeResourcesFit,
    nodeName,
    nodePorts,
    nodeAffinity,
    volumeRestrictions,
    taintToleration,
    volumeBinding,
    interPodAffinity,
    podTopologySpread,
  ],
  scores: [
    { plugin: balancedAllocation, weight: 1 },
    { plugin: imageLocality, weight: 1 },
    { plugin: interPodAffinityScore, weight: 1 },
    { plugin: leastAllocated, weight: 1 },
    { plugin: nodeAffinityScore, weight: 1 },
    { plugin: nodePreferAvoidPods, weight: 10_000 },
    { plugin: defaultPodTopologySpread, weight: 1 },
    { plugin: taintTolerationScore, weight: 1 },
    { plugin: podTopologySpreadScore, weight: 1 },
  ],
}

/** Source: v1.23 and later pkg/scheduler/apis/config/v1/default_plugins.go; facts/apiserver.md section 12. */
const profile23: Profile = {
  filters: [
    nodeUnschedulable,
    nodeName,
    taintToleration,
    nodeAffinity,
    nodePorts,
    nodeResourcesFit,
    volumeRestrictions,
    volumeBinding,
    podTopologySpread,
    interPodAffinity,
  ],
  scores: [
    { plugin: taintTolerationScore, weight: 3 },
    { plugin: nodeAffinityScore, weight: 2 },
    { plugin: podTopologySpreadScore, weight: 2 },
    { plugin: interPodAffinityScore, weight: 2 },
    { plugin: leastAllocated, weight: 1 },
    { plugin: balancedAllocation, weight: 1 },
    { plugin: imageLocality, weight: 1 },
    // The default constraints of PodTopologySpread do what this did; their effect is close to it.
    { plugin: defaultPodTopologySpread, weight: 1 },
  ],
}

export function profileOf(minor: number): Profile {
  return has(minor, scheduler.fewerScores) ? profile23 : profile18
}
