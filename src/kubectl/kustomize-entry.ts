import { kustomizeBuild, kustomizeYaml } from '../kustomize/kustomize.ts'
import { fail } from './cli/failure.ts'
import type { Session } from './cli/session.ts'

/** What a kustomization directory builds, as YAML documents; warnings go to standard error. */
export function buildKustomization(session: Session, directory: string): string {
  const { host, version } = session
  const result = kustomizeBuild(directory, { files: host.files, env: host.env, minor: version.minor })
  for (const line of result.warnings) session.err(`${line}\n`)
  return result.ok ? kustomizeYaml(result.objects) : fail(result.error)
}
