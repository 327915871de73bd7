import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { mapAt } from '../../../src/check/map-history.ts'
import { graph } from '../../../src/cli/graph.ts'
import type { Output } from '../../../src/cli/output.ts'
import { userText } from '../../../src/report/check/map-words.ts'
import { albumPage } from '../../../src/report/export/page.ts'
import { playedOn, scenarioFrom } from '../../ui/played.ts'
import { albumOf } from './album.ts'

const manifests = `apiVersion: v1
kind: Secret
metadata: { name: db }
stringData: { password: correct-horse, user: app }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: web }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      serviceAccountName: web
      containers:
        - name: main
          image: nginx
          env: [{ name: PASSWORD, valueFrom: { secretKeyRef: { name: db, key: password } } }]
          volumeMounts: [{ name: v, mountPath: /etc/db }]
      volumes: [{ name: v, secret: { secretName: db } }]
---
apiVersion: v1
kind: Pod
metadata: { name: asks }
spec:
  containers:
    - name: main
      image: nginx
      envFrom: [{ secretRef: { name: absent, optional: true } }]
`
const scenario = `title: who uses what
cluster: { version: v1.18, nodes: 1 }
files:
  app.yaml: |
${manifests.replace(/^/gm, '    ')}
steps:
  - kubectl: apply -f app.yaml
  - after: 1m
    kubectl: delete secret db
  - after: 1m
    kubectl: delete deployment web
  - wait: 2m
`

describe('S3 the map of Secrets is the same in podsim graph, in the player and in the page', () => {
  const folder = mkdtempSync(join(tmpdir(), 'podsim-map-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const album = albumOf(scenario)
  const history = album.worlds[0]?.map ?? []

  test('with account and nodes, at a moment at which all run', async () => {
    const file = join(folder, 'app.yaml')
    writeFileSync(file, manifests)
    let told = ''
    const output: Output = {
      ...{ isColoured: false, err: () => {}, progress: () => {} },
      out: (text) => {
        told += String(text)
      },
    }
    await graph({ filename: [file], namespace: 'default', nodes: 1, output: 'json' }, output)
    const there = mapAt(history, 50_000)
    // As the file has it: without what is undefined.
    expect(JSON.parse(JSON.stringify(there))).toEqual(JSON.parse(told).secrets)
    const lines = there.flatMap(({ users }) => users.map(userText))
    expect(lines).toHaveLength(3)
    expect(lines[1]).toMatch(
      /^deployment default\/web: container main, env PASSWORD \[password\] {2}\(account web, node-/,
    )
    const player = playedOn(scenarioFrom(scenario), { columns: 140, rows: 40 })
    const screen = player.press('t').type('50s').press('enter', 'M').screen()
    // Its pane breaks lines where it is narrow.
    const pane = screen.split('\n').map((line) => line.slice(line.lastIndexOf('│') + 1).trim())
    for (const line of lines) expect(pane.join(' ').replace(/ +/g, ' ')).toContain(line.replace(/ +/g, ' '))
    const page = albumPage(album)
    for (const { secret, users } of there)
      for (const { user, account = '' } of users) expect(page).toMatch(new RegExp(`${secret}.*${user}.*${account}`))
  })

  test('what is deleted is only asked for then, and what nobody asks for is gone', () => {
    const names = (at: number) =>
      mapAt(history, at).map(({ secret, isGiven, users }) => [secret, isGiven, users.length])
    expect(names(-1)).toEqual([])
    expect(names(59_000)).toEqual([
      ['secret default/absent', false, 1],
      ['secret default/db', true, 2],
    ])
    expect(names(61_000)).toEqual([
      ['secret default/absent', false, 1],
      ['secret default/db', false, 2],
    ])
    expect(names(album.to)).toEqual([['secret default/absent', false, 1]])
  })
})
