import type { Strategy } from '../strategy.ts'
import { podStrategy } from './pod.ts'

/** The strategies of all kinds but those of the server's core (Secrets, ...) and of authorization. */
export const kindStrategies: readonly Strategy[] = [podStrategy]
