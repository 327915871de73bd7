import type { Fault } from '../sim/sim.ts'

/** Accidents that were begun from outside, by their numbers. */
export type OpenFaults = Map<string, { readonly fault: Fault; clear(): void }>
