import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { writeKubeconfig } from '../../src/serve/kubeconfig.ts'
import type { RunningServer } from '../../src/serve/server.ts'

/** A kubectl that is installed. */
export interface InstalledKubectl {
  readonly path: string
  /** `1.32.4` */
  readonly version: string
  readonly minor: number
  /** PODSIM_TEST_KUBECTL names it. */
  readonly isNamed: boolean
}

let found: readonly InstalledKubectl[] | undefined

/**
 * Those that PODSIM_TEST_KUBECTL names (paths, as PATH has them) and the one on PATH. Without any, tests that need one are left out,
 * and say so.
 */
export function installedKubectls(): readonly InstalledKubectl[] {
  if (found !== undefined) return found
  const onPath = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'kubectl'))
  const named = (process.env.PODSIM_TEST_KUBECTL ?? '').split(delimiter).filter((path) => path !== '')
  const paths = [...named, ...onPath.filter((path) => existsSync(path)).slice(0, 1)]
  found = paths.map((path) => describe(path, named.includes(path)))
  if (found.length === 0) process.stderr.write('no kubectl is installed: tests with a real one are left out\n')
  return found
}

function describe(path: string, isNamed: boolean): InstalledKubectl {
  const text = execFileSync(path, ['version', '--client', '-o', 'json'], { encoding: 'utf8' })
  const version = /"gitVersion": "v([\d.]+)/.exec(text)?.[1] ?? ''
  return { path, version, minor: Number(version.split('.')[1]), isNamed }
}

/** What a command printed. */
export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs command lines against a server, in a home of their own. */
export interface Client {
  run(line: string | readonly string[], options?: { readonly stdin?: string }): Promise<Ran>
  readonly folder: string
  remove(): void
}

/** A client program as somebody has it who exported KUBECONFIG. */
export function clientOf(path: string, server: RunningServer): Client {
  const folder = mkdtempSync(join(tmpdir(), 'podsim-client-'))
  const kubeconfig = writeKubeconfig(server, join(folder, 'kubeconfig'))
  const env = { PATH: process.env.PATH, HOME: folder, KUBECONFIG: kubeconfig.path, KUBECTL_EXTERNAL_DIFF: 'diff -U0' }
  return {
    folder,
    run: (line, { stdin } = {}) =>
      new Promise((resolve, reject) => {
        const argv = typeof line === 'string' ? line.split(' ') : line
        const child = spawn(path, argv, { env, cwd: folder })
        let [stdout, stderr] = ['', '']
        child.stdout.on('data', (part: Buffer) => {
          stdout += part.toString()
        })
        child.stderr.on('data', (part: Buffer) => {
          stderr += part.toString()
        })
        child.on('error', reject)
        child.on('close', (code) => resolve({ code: code ?? -1, stdout, stderr }))
        child.stdin.on('error', () => {})
        child.stdin.end(stdin ?? '')
      }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
