/** The caller's mistake, told in words. */
export class SimUsageError extends Error {
  override readonly name: string = 'SimUsageError'
}
