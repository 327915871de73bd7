import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Ended } from './in-process.ts'

/** Root of the repository. */
export const root: string = join(import.meta.dirname, '../..')
/** The command as it is installed. */
export const bin: string = join(root, 'bin/podsim.js')

/** Builds where that was not done yet; then `dist/` is taken as it is. */
export function ensureBuilt(): void {
  if (!existsSync(join(root, 'dist/bundle/podsim.cjs')))
    execFileSync('npm', ['run', 'build'], { cwd: root, stdio: 'ignore' })
}

/** Where a command is called and what it reads. */
export interface ProcessPlace {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
}

/** The command in a process of its own, as it is installed. */
export function podsimProcess(args: readonly string[], place: ProcessPlace = {}): Ended {
  const { cwd = root, env = {}, input = '' } = place
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
    ...{ cwd, input, encoding: 'utf8' },
    env: { ...process.env, ...env },
  })
  return { code: status ?? -1, stdout, stderr }
}
