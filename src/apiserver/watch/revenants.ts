/** Who will ask for what happened after a revision, at a time not known yet. */
export interface Revenant {
  /** From which revision it would ask now. */
  readonly revision: number
  /** What it would ask for may be forgotten soon, or is. Called once. */
  warn(): void
}

/** Revisions that share a set: who stands in the set of the oldest event may be warned a little early. */
const revisionsPerSet = 64

/**
 * Finds out who would ask for what is being forgotten, without looking at all of them at every event: they stand in sets
 * by revision, and are looked at (and moved on) when the history forgets what belongs to their set.
 */
export class Revenants {
  /** Before anything is forgotten nobody need be found by revision. */
  #early: Set<Revenant> | undefined
  #sets: Map<number, Set<Revenant>> | undefined
  /** The set in which each of them stands. */
  #standing: Map<Revenant, number> | undefined
  /** Those that came when their set had passed, but not their revision: each is looked at at every event, and warned in time. */
  #edge: Set<Revenant> | undefined
  /** Sets up to this one belong to what is forgotten or soon will be. */
  passed = -1
  /** Revision of the oldest event that is left, or may come, once any is forgotten. */
  oldest = 0

  /** False when it is too late to be warned. */
  add(revenant: Revenant): boolean {
    const number = setOf(revenant.revision)
    if (number <= this.passed) {
      if (this.#isForgotten(revenant)) return false
      this.#edge = (this.#edge ?? new Set()).add(revenant)
      return true
    }
    if (this.passed < 0) this.#early = (this.#early ?? new Set()).add(revenant)
    else this.#put(number, revenant)
    return true
  }

  remove(revenant: Revenant): void {
    if (this.#early?.delete(revenant) === true || this.#edge?.delete(revenant) === true) return
    const number = this.#standing?.get(revenant)
    if (number === undefined) return
    this.#standing?.delete(revenant)
    this.#sets?.get(number)?.delete(revenant)
  }

  /** The oldest event that is left has this revision. */
  forget(oldest: number): void {
    const reached = setOf(oldest)
    this.oldest = oldest
    this.#lookAtEdge(reached)
    for (const revenant of this.#early ?? []) this.#put(setOf(revenant.revision), revenant)
    this.#early = undefined
    while (this.passed < reached) {
      const number = ++this.passed
      const standing = this.#sets?.get(number)
      if (standing === undefined) continue
      this.#sets?.delete(number)
      for (const revenant of standing) {
        const now = setOf(revenant.revision)
        if (now > reached) this.#put(now, revenant)
        else {
          this.#standing?.delete(revenant)
          revenant.warn()
        }
      }
    }
  }

  #lookAtEdge(reached: number): void {
    const edge = this.#edge
    if (edge === undefined || edge.size === 0) return
    for (const revenant of [...edge]) {
      const now = setOf(revenant.revision)
      const isForgotten = this.#isForgotten(revenant)
      if (!isForgotten && now <= reached) continue
      edge.delete(revenant)
      if (isForgotten) revenant.warn()
      else this.#put(now, revenant)
    }
  }

  /** Who asks for what comes after the revision before the oldest event asks for nothing that is gone. */
  #isForgotten({ revision }: Revenant): boolean {
    return revision < this.oldest - 1
  }

  #put(number: number, revenant: Revenant): void {
    this.#sets ??= new Map()
    this.#standing ??= new Map()
    const set = this.#sets.get(number) ?? new Set()
    this.#sets.set(number, set.add(revenant))
    this.#standing.set(revenant, number)
  }
}

function setOf(revision: number): number {
  return Math.floor(revision / revisionsPerSet)
}
