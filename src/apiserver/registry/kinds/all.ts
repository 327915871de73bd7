import type { Strategy } from '../strategy.ts'
import { cronJobStrategy, jobStrategy } from './jobs.ts'
import { podStrategy } from './pod.ts'
import {
  daemonSetStrategy,
  deploymentStrategy,
  replicaSetStrategy,
  replicationControllerStrategy,
  statefulSetStrategy,
} from './workloads.ts'

/** The strategies of all kinds but those of the server's core (Secrets, ...) and of authorization. */
export const kindStrategies: readonly Strategy[] = [
  podStrategy,
  replicationControllerStrategy,
  deploymentStrategy,
  replicaSetStrategy,
  statefulSetStrategy,
  daemonSetStrategy,
  jobStrategy,
  cronJobStrategy,
] as readonly unknown[] as readonly Strategy[] // each is only called with objects of its own resource
