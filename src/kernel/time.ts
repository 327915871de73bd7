/** Whole milliseconds of virtual time: an instant counts from the start of the simulation, a duration from any instant. */
export type VirtualMs = number

export const second: VirtualMs = 1000
export const minute: VirtualMs = 60 * second
export const hour: VirtualMs = 60 * minute
