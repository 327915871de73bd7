import { failNotSimulated } from './cli/failure.ts'
import type { Session } from './cli/session.ts'

/** What a kustomization directory builds, as YAML documents. */
export function buildKustomization(_session: Session, directory: string): string {
  return failNotSimulated(`kustomizations yet (${directory})`)
}
