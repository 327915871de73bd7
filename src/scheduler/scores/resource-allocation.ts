import { has } from '../../versions/changes.ts'
import { scheduler } from '../../versions/scheduler.ts'
import { maxNodeScore, type ScorePlugin } from '../framework.ts'

/** Free space is good. Source: framework/plugins/noderesources/least_allocated.go. */
export const leastAllocated: ScorePlugin = {
  name: 'NodeResourcesLeastAllocated',
  prepare({ nonZeroCpu, nonZeroMemory }) {
    return {
      score({ allocatable, nonZeroCpu: usedCpu, nonZeroMemory: usedMemory }) {
        const cpu = freeShare(usedCpu + nonZeroCpu, allocatable.milliCpu)
        const memory = freeShare(usedMemory + nonZeroMemory, allocatable.memory)
        return Math.trunc((cpu + memory) / 2)
      },
    }
  },
}

function freeShare(requested: number, capacity: number): number {
  if (capacity === 0 || requested > capacity) return 0
  return Math.trunc(((capacity - requested) * maxNodeScore) / capacity)
}

/**
 * CPU and memory should be used to the same degree.
 * Source: framework/plugins/noderesources/balanced_allocation.go: 1 less the difference; from v1.23 on the standard
 * deviation, which is half the difference of two.
 */
export const balancedAllocation: ScorePlugin = {
  name: 'NodeResourcesBalancedAllocation',
  prepare({ nonZeroCpu, nonZeroMemory }, _view, _nodes, minor) {
    const share = has(minor, scheduler.balancesByHalves) ? 0.5 : 1
    return {
      score({ allocatable, nonZeroCpu: usedCpu, nonZeroMemory: usedMemory }) {
        const cpu = allocatable.milliCpu === 0 ? 1 : (usedCpu + nonZeroCpu) / allocatable.milliCpu
        const memory = allocatable.memory === 0 ? 1 : (usedMemory + nonZeroMemory) / allocatable.memory
        if (!has(minor, scheduler.balancesByHalves) && (cpu >= 1 || memory >= 1)) return 0
        return Math.trunc((1 - Math.abs(Math.min(cpu, 1) - Math.min(memory, 1)) * share) * maxNodeScore)
      },
    }
  },
}
