import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parse, stringify } from 'yaml'

/** What a client needs to reach the server. */
export interface Access {
  readonly url: string
  readonly ca: string
  readonly token: string
}

/** A kubeconfig of one context, `podsim`. JSON is YAML, but people read these files. */
function kubeconfigText({ url, ca, token }: Access): string {
  return stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'podsim',
      clusters: [
        {
          name: 'podsim',
          cluster: { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') },
        },
      ],
      contexts: [{ name: 'podsim', context: { cluster: 'podsim', user: 'admin', namespace: 'default' } }],
      users: [{ name: 'admin', user: { token } }],
    },
    { lineWidth: 0 },
  )
}

/** A kubeconfig that was written. */
export interface WrittenKubeconfig {
  readonly path: string
  /** Takes it away again, with the folder that was made for it. */
  remove(): void
}

/**
 * Writes a kubeconfig that only its owner can read, whole or not at all. Without a path it lies in a folder of its own below the
 * system's for temporary files: never in the place of the user's own.
 */
export function writeKubeconfig(access: Access, wanted: string | undefined): WrittenKubeconfig {
  const folder = wanted === undefined ? mkdtempSync(join(tmpdir(), 'podsim-')) : dirname(wanted)
  const path = wanted ?? join(folder, 'kubeconfig')
  const beside = join(folder, `.kubeconfig-${randomBytes(6).toString('hex')}`)
  writeFileSync(beside, kubeconfigText(access), { mode: 0o600, flag: 'wx' })
  chmodSync(beside, 0o600)
  renameSync(beside, path)
  return {
    path,
    remove: () => rmSync(wanted === undefined ? folder : path, { force: true, recursive: wanted === undefined }),
  }
}

/** Where a kubeconfig says the server is, and with what to come there; undefined for what is none of podsim's. */
export function readAccess(text: string): Access | undefined {
  const config: unknown = parse(text)
  const at = (from: unknown, ...path: readonly (string | number)[]): unknown =>
    path.reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), from)
  const url = at(config, 'clusters', 0, 'cluster', 'server')
  const ca = at(config, 'clusters', 0, 'cluster', 'certificate-authority-data')
  const token = at(config, 'users', 0, 'user', 'token')
  if (typeof url !== 'string' || typeof ca !== 'string' || typeof token !== 'string') return undefined
  return { url, ca: Buffer.from(ca, 'base64').toString(), token }
}

function isRecord(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null
}
