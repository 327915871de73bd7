/** What `set` switches. */
export interface ShellOptions {
  /** -e */
  exitsOnError: boolean
  /** -u */
  refusesUnset: boolean
  /** -x */
  traces: boolean
  /** -f */
  ignoresGlobs: boolean
  /** -C */
  keepsFiles: boolean
  /** -o pipefail */
  failsPipes: boolean
  /** -a */
  exportsAll: boolean
  /** -n */
  parsesOnly: boolean
  /** -E */
  tracesErrors: boolean
  /** -T */
  tracesFunctions: boolean
  /** Those that make no difference, each between commas; of bash, those that are not as at first. */
  others: string
}

/** As a shell begins. */
export const plainOptions: ShellOptions = {
  exitsOnError: false,
  refusesUnset: false,
  traces: false,
  ignoresGlobs: false,
  keepsFiles: false,
  failsPipes: false,
  exportsAll: false,
  parsesOnly: false,
  tracesErrors: false,
  tracesFunctions: false,
  others: '',
}

/** Whether functions and subshells have a trap of who calls them. Source: bash(1), set -E and -T. */
export function isInherited(name: string, options: ShellOptions): boolean {
  if (name === 'ERR') return options.tracesErrors
  return (name === 'DEBUG' || name === 'RETURN') && options.tracesFunctions
}
