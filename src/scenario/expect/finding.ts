/** What a look at the cluster found. */
export interface Finding {
  readonly holds: boolean
  /** What is expected, as a phrase: `pod mypod is Running`. */
  readonly expected: string
  /** What is there instead (or, if it holds, what is there). */
  readonly found: string
}
