import { type GoSort, sortOf } from '../go/sort.ts'
import { goVersionOf } from '../versions/builds.ts'
import { has } from '../versions/changes.ts'
import { maxRetries } from '../versions/client-go.ts'
import { kubectl } from '../versions/kubectl.ts'

/** What a version of kubectl does: each row of the table of its changes, and texts that hang on one. */
export interface ClientVersion extends Readonly<Record<keyof typeof kubectl, boolean>> {
  /** `v1.18.20`. */
  readonly gitVersion: string
  readonly minor: number
  /** Of what cobra itself prints: `Error: unknown flag`. Source: pkg/cmd/cmd.go. */
  readonly parserErrorPrefix: 'Error' | 'error'
  /** Before what is said of an immediate deletion, and of an incomplete list of rights. */
  readonly warningWord: 'Warning' | 'warning'
  /** How what is unstable in its order is sorted: as the Go does that built it. */
  readonly sort: GoSort
  /** How often a request is made again that a server asks to be made later. */
  readonly maxRetries: number
}

/** Minor versions of kubectl whose differences are told here. */
export const kubectlMinors: readonly number[] = Array.from({ length: 19 }, (_, i) => 18 + i)

/** By version. Each command asks for it, and there are few. */
const known = new Map<string, ClientVersion>()

export function clientVersion(version: string): ClientVersion {
  const held = known.get(version) ?? Object.freeze(made(version))
  known.set(version, held)
  return held
}

function made(version: string): ClientVersion {
  const minor = Number(/^v?1\.(\d+)/.exec(version)?.[1] ?? 18)
  const gitVersion = version.startsWith('v') ? version : `v${version}`
  return {
    ...changesHeld(minor),
    gitVersion,
    minor,
    sort: sortOf(goVersionOf(gitVersion, minor)),
    parserErrorPrefix: has(minor, kubectl.parserErrorsInLowerCase) ? 'error' : 'Error',
    warningWord: has(minor, kubectl.capitalDeleteWarning) ? 'Warning' : 'warning',
    maxRetries: maxRetries(minor),
  }
}

type Held = Readonly<Record<keyof typeof kubectl, boolean>>

/** By minor version: computed once for each. */
const held = new Map<number, Held>()

/** Which changes of the table a version has. */
function changesHeld(minor: number): Held {
  const known = held.get(minor)
  if (known !== undefined) return known
  // Object.fromEntries forgets which names there are.
  const made = Object.fromEntries(
    Object.entries(kubectl).map(([name, change]) => [name, has(minor, change)]),
  ) as unknown as Held
  held.set(minor, made)
  return made
}
