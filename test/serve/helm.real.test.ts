import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Client, clientOf, installedHelms } from './clients.ts'
import { type Serving, serving } from './serving.ts'

/** Real helms (PODSIM_TEST_HELM) against a served cluster that settles after each change. */

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-web
spec:
  replicas: {{ .Values.replicas }}
  selector: { matchLabels: { app: {{ .Release.Name }} } }
  template:
    metadata: { labels: { app: {{ .Release.Name }} } }
    spec:
      containers:
        - name: c
          image: nginx:1
          env: [{ name: P, valueFrom: { secretKeyRef: { name: {{ .Release.Name }}-db, key: p } } }]
`

const secret = `apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}-db
stringData: { p: {{ .Values.password | quote }} }
`

function writeChart(folder: string): void {
  mkdirSync(join(folder, 'chart/templates'), { recursive: true })
  writeFileSync(join(folder, 'chart/Chart.yaml'), 'apiVersion: v2\nname: web\nversion: 1.0.0\n')
  writeFileSync(join(folder, 'chart/values.yaml'), 'replicas: 2\npassword: one\n')
  writeFileSync(join(folder, 'chart/templates/deployment.yaml'), deployment)
  writeFileSync(join(folder, 'chart/templates/secret.yaml'), secret)
}

describe.each(installedHelms())('helm $version', ({ path }) => {
  describe.each(['v1.36', 'v1.26'] as const)('and a cluster of %s', (version) => {
    let server: Serving
    let client: Client
    beforeAll(async () => {
      server = await serving({ version, nodes: 1 }, { clock: 'settle' })
      client = clientOf(path, server)
      writeChart(client.folder)
    })
    afterAll(async () => {
      client.remove()
      await server.close()
    })

    test('install --wait, upgrade, rollback, uninstall; no Secret of a release is left', async () => {
      const { sim } = server.served
      const helm = async (line: string): Promise<string> => {
        const { code, stdout, stderr } = await client.run(line)
        expect([`helm ${line}\n${stderr}`, code]).toEqual([`helm ${line}\n${stderr}`, 0])
        return stdout
      }
      const password = () => atob(String(sim.get('Secret', 'r-db')?.data?.p))
      const ready = () => Object(sim.get('Deployment', 'r-web')).status.readyReplicas
      const releases = () => sim.list('Secret').filter(({ type }) => type === 'helm.sh/release.v1').length

      expect(await helm('install r chart --wait --timeout 20s')).toMatch(/STATUS: deployed/)
      expect(ready()).toBe(2)
      expect(releases()).toBe(1)
      await helm('upgrade r chart --set password=two --set replicas=3 --wait --timeout 20s')
      expect([password(), ready(), releases()]).toEqual(['two', 3, 2])
      await helm('rollback r 1 --wait --timeout 20s')
      expect([password(), Object(sim.get('Deployment', 'r-web')).spec.replicas]).toEqual(['one', 2])
      expect(await helm('history r --max 3')).toMatch(/^3\s.*deployed.*Rollback to 1/m)
      await helm('uninstall r --wait --timeout 20s')
      expect([sim.list('Deployment').length, sim.list('Pod').length, releases()]).toEqual([0, 0, 0])
      expect(server.complaints).toEqual([])
    })
  })
})

test('the helms that are named are 3 or 4', () => {
  expect(installedHelms().every(({ version }) => /^[34]\.\d+\.\d+$/.test(version))).toBe(true)
})
