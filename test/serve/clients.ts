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

/** `PODSIM_TEST_CLIENTS=all`: everything that clients are tried with, for as long as it takes (`npm run clients`). */
export const isThorough = process.env.PODSIM_TEST_CLIENTS === 'all'

/** `PODSIM_TEST_PAIRS=few`, as CI has it: each kubectl tries one version of clusters. All with all take longer than all the rest. */
export const hasAllPairs = isThorough && process.env.PODSIM_TEST_PAIRS !== 'few'

let found: readonly InstalledKubectl[] | undefined

/**
 * Those that PODSIM_TEST_KUBECTL names (paths, as PATH has them) and the one on PATH. Without any, tests that need one are left out,
 * and say so.
 */
export function installedKubectls(): readonly InstalledKubectl[] {
  if (found !== undefined) return found
  const onPath = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'kubectl'))
  const named = (process.env.PODSIM_TEST_KUBECTL ?? '').split(delimiter).filter((path) => path !== '')
  const all = [
    ...named.map((path) => describe(path, true)),
    ...onPath
      .filter(existsSync)
      .slice(0, 1)
      .map((path) => describe(path, false)),
  ]
  // What is named goes before another of the same version.
  found = all.filter(({ minor }, at) => all.findIndex((each) => each.minor === minor) === at)
  if (found.length === 0) process.stderr.write('no kubectl is installed: tests with a real one are left out\n')
  return found
}

function describe(path: string, isNamed: boolean): InstalledKubectl {
  const text = execFileSync(path, ['version', '--client', '-o', 'json'], { encoding: 'utf8' })
  const version = /"gitVersion": "v([\d.]+)/.exec(text)?.[1] ?? ''
  return { path, version, minor: Number(version.split('.')[1]), isNamed }
}

/** A helm that PODSIM_TEST_HELM names. */
export interface InstalledHelm {
  readonly path: string
  /** `3.17.2` */
  readonly version: string
}

let helms: readonly InstalledHelm[] | undefined

/** Those that PODSIM_TEST_HELM names (paths, as PATH has them). Without any, their tests are left out, and say so. */
export function installedHelms(): readonly InstalledHelm[] {
  if (helms !== undefined) return helms
  const paths = (process.env.PODSIM_TEST_HELM ?? '').split(delimiter).filter((path) => path !== '')
  helms = paths.map((path) => {
    const text = execFileSync(path, ['version', '--short'], { encoding: 'utf8' })
    return { path, version: /v([\d.]+)/.exec(text)?.[1] ?? '' }
  })
  if (helms.length === 0) process.stderr.write('PODSIM_TEST_HELM names no helm: tests with a real one are left out\n')
  return helms
}

/** A folder whose node_modules hold @kubernetes/client-node: PODSIM_TEST_CLIENT_NODE. */
export function clientNode(): string | undefined {
  return named('PODSIM_TEST_CLIENT_NODE', '@kubernetes/client-node')
}

/** A Python that has Kubernetes' client: PODSIM_TEST_PYTHON. */
export function clientPython(): string | undefined {
  return named('PODSIM_TEST_PYTHON', "Python's client")
}

const missed = new Set<string>()

function named(variable: string, what: string): string | undefined {
  const path = process.env[variable] ?? ''
  if (path !== '') return path
  if (!missed.has(variable)) process.stderr.write(`${variable} names nothing: tests with ${what} are left out\n`)
  missed.add(variable)
  return undefined
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
  /** What its programs find in their environment. */
  readonly env: Readonly<Record<string, string | undefined>>
  remove(): void
}

/** A line that takes longer waits for what never comes. */
const patienceMs = 60_000

/** A client program as somebody has it who exported KUBECONFIG. */
export function clientOf(path: string, server: RunningServer): Client {
  const folder = mkdtempSync(join(tmpdir(), 'podsim-client-'))
  const kubeconfig = writeKubeconfig(server, join(folder, 'kubeconfig'))
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    KUBECONFIG: kubeconfig.path,
    KUBECTL_EXTERNAL_DIFF: 'diff -U0',
    // Short runs of programs in Go: collecting garbage is a quarter of their time.
    GOGC: 'off',
  }
  return {
    folder,
    env,
    run: (line, { stdin } = {}) =>
      new Promise((resolve, reject) => {
        const argv = typeof line === 'string' ? line.split(' ') : line
        const child = spawn(path, argv, { env, cwd: folder, timeout: patienceMs })
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
