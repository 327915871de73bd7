import type { Mutant } from './mutant.ts'

const ceilings: Mutant['noticedBy'] = { tests: ['test/cluster/ceilings.test.ts'] }

/** Mistakes in how far pauses grow, and in how often something is tried: recordings are too short for most of them. */
export const ceilingMutants: readonly Mutant[] = [
  {
    name: 'a crash loop is forgotten after five minutes, not ten',
    file: 'src/node/kubelet/create-context.ts',
    from: 'config.crashLoopBackOffMaxMs, 2 * containerBackOff.maxMs)',
    to: 'config.crashLoopBackOffMaxMs, containerBackOff.maxMs)',
    noticedBy: { tests: ['test/node/kubelet/crash-pauses.test.ts'] },
  },
  {
    name: 'a lease that could not be renewed is tried again after 20 s at most, not 7 s',
    file: 'src/node/lease/node-lease.ts',
    from: 'maxMs: 7 * second',
    to: 'maxMs: 20 * second',
    noticedBy: { tests: ['test/cluster/heartbeats.test.ts'] },
  },
  {
    name: 'leases are renewed every 15 s, not every 10 s',
    file: 'src/node/lease/node-lease.ts',
    from: 'durationSeconds * second * 0.25',
    to: 'durationSeconds * second * 0.375',
    noticedBy: { tests: ['test/cluster/heartbeats.test.ts'] },
  },
  {
    name: 'an account is looked for five times, not ten',
    file: 'src/apiserver/admission/plugins/service-account.ts',
    from: 'times: 9',
    to: 'times: 4',
    noticedBy: { tests: ['test/sim/first-pods.test.ts'] },
  },
  {
    name: 'thirty pulls may come at once, not ten',
    file: 'src/node/kubelet/configuration.ts',
    from: 'registryBurst: 10',
    to: 'registryBurst: 30',
    noticedBy: ceilings,
  },
  {
    name: 'a Pod that fits nowhere is tried again every 30 s in the end, not every 10 s',
    file: 'src/scheduler/version-facts.ts',
    from: 'initialMs: second, maxMs: 10 * second',
    to: 'initialMs: second, maxMs: 30 * second',
    noticedBy: ceilings,
  },
  {
    name: 'a watch that names no end may last an hour and a half',
    file: 'src/apiserver/watch/watch-resource.ts',
    from: 'max: 3600',
    to: 'max: 5400',
    noticedBy: ceilings,
  },
  {
    name: 'Pods of a Job that fail wait ten minutes at most, not six',
    file: 'src/controllers/job/job-events.ts',
    from: 'maxDelayMs: 360 * second',
    to: 'maxDelayMs: 600 * second',
    noticedBy: ceilings,
  },
  {
    name: 'copies of Secrets live longer from 110 nodes on, not from 100',
    file: 'src/controllers/node-ttl.ts',
    from: 'sizeMax: 100, ttlSeconds: 0',
    to: 'sizeMax: 110, ttlSeconds: 0',
    noticedBy: { tests: ['test/cluster/heartbeats.test.ts'] },
  },
]
