import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/index.ts'
import { loadScenario } from '../../src/scenario/load.ts'
import { runScenario } from '../../src/scenario/run.ts'

/** What expectations say of several things at once, and what they compare with: all in one cluster. */

/** What is expected, and what is found where it does not hold. */
type Row = readonly [expectation: string, found?: string]

const selecting: readonly Row[] = [
  ['{ pods: deploy/web, ready: true }'],
  ['{ pods: { app: web }, count: 3 }'],
  ['{ pods: { app: web, tier: front }, exists: false }'],
  ['{ pods: { app: nobody }, ready: true }', 'nothing is selected by app=nobody'],
  ['{ pods: { app: nobody }, count: 0 }'],
  ['{ pods: { app: nobody }, none: { ready: true } }'],
  ['{ pods: "app in (web,api),!old", count: ">=3" }'],
  ['{ pods: "app=web", exists: false }', 'web-'],
  ['{ pods: "*", count: 4 }'],
  ['{ pods: node/node-1, any: { matches: { metadata: { labels: { app: web } } } } }'],
  ['{ pods: svc/web, count: 3, each: { phase: Running, restarts: 0 }, none: { reason: CrashLoopBackOff } }'],
  ['{ pods: svc/web, any: { node: node-2 } }'],
  ['{ pods: svc/web, node: node-2 }', ': on node-1'],
  ['{ pods: svc/web, node: node-2, count: 3 }', '2 of 3; web-'],
  ['{ pods: pod/lone, ready: true }'],
  ['{ pods: rs/web, count: 3 }', '0'],
  ['{ pods: deploy/web, any: { phase: Pending } }', 'Running, ready, 0 restarts; web-'],
  ['{ file: /etc/db/password, in: deploy/web, content: first }'],
  ['{ file: /etc/db/password, in: deploy/web/app, content: first, count: 3 }'],
  ['{ file: /etc/db/password, in: { app: web }, container: app, mode: "0644" }'],
  ['{ file: /etc/db/password, in: "app=web", container: other }', 'there is no such file'],
  ['{ file: /etc/db/none, in: deploy/web, exists: false }'],
  ['{ file: /etc/db/password, in: lone, exists: false }'],
  ['{ file: /etc/db/password, in: pod/lone/main, exists: false }'],
  ['{ file: /etc/db/password, in: deploy/web, none: { content: second } }'],
  ['{ file: /etc/db/password, in: deploy/web, none: { contains: irs } }', ': it says "first"'],
  ['{ env: PASSWORD, in: deploy/web, each: { value: first }, count: 3 }'],
  ['{ logs: deploy/web, lines: 0 }'],
  ['{ logs: lone, contains: up, lines: 1, size: 3 }'],
  ['{ logs: lone, matches: "^up$" }', 'they say "up\\n"'],
  ['{ logs: lone, matches: "(?m)^u.$" }'],
  ['{ event: Started, podsOf: deploy/web, count: 3 }'],
  ['{ event: Started, podsOf: { app: nobody }, exists: false }'],
  ['{ objects: secrets, labels: { kind: password }, count: 1, each: { cel: size(object.data) == 1 } }'],
  ['{ objects: nodes, count: 2 }'],
  ['{ objects: secrets, labels: "kind in (password)", none: { matches: { type: Opaque } } }', 'db: it is'],
]

const comparing: readonly Row[] = [
  ['{ matches: { spec: { replicas: ">=2" } } }'],
  ['{ matches: { spec: { replicas: "< 3" } } }', 'spec.replicas is 3, expected < 3'],
  ['{ matches: { spec: { template: { spec: { containers: [{ name: app, image: nginx }] } } } } }'],
  [
    '{ matches: { spec: { template: { spec: { containers: [{ name: app, resources: { limits: { memory: "<= 64Mi" } } }] } } } } }',
  ],
  [
    '{ matches: { spec: { template: { spec: { containers: [{ name: app, resources: { limits: { memory: "<= 32M" } } }] } } } } }',
    'spec.template.spec.containers[name=app].resources.limits.memory is "64Mi", expected <= 32M',
  ],
  [
    '{ matches: { spec: { template: { spec: { containers: [{ name: api }] } } } } }',
    'spec.template.spec.containers[name=api] is missing',
  ],
  [
    '{ matches: { spec: { template: { spec: { containers: [{ name: app, volumeMounts: [{ name: db, mountPath: /etc/again }] }] } } } } }',
  ],
  ['{ matches: { spec: { template: { spec: { containers: { $size: 2 } } } } } }', 'has the size 1, expected 2'],
  ['{ matches: { spec: { template: { spec: { containers: { $each: { image: { $matches: "^ngi" } } } } } } } }'],
  ['{ matches: { spec: { template: { spec: { volumes: { $contains: { secret: { secretName: db } } } } } } } }'],
  [
    '{ matches: { spec: { template: { spec: { volumes: { $lacks: { secret: { secretName: db } } } } } } } }',
    'has the member',
  ],
  ['{ matches: { metadata: { labels: { $exactly: { app: web } } } } }'],
  ['{ matches: { metadata: { labels: { $exactly: {} } } } }', 'expected exactly {}'],
  ['{ matches: { metadata: { name: { $oneOf: [api, web] }, uid: { $not: x } } } }'],
  ['{ matches: { metadata: { deletionTimestamp: { $absent: true }, annotations: { nothing: null } } } }'],
  ['{ matches: { metadata: { uid: { $absent: true } } } }', 'expected nothing there'],
  ['{ matches: { metadata: { name: { $contains: [w, b], $lacks: x } } } }'],
  ['{ matches: { status: { conditions: [{ type: Progressing, status: "True" }] } } }'],
  ['{ cel: "object.status.readyReplicas >= 2 && object.spec.replicas + 1 == 4" }'],
  [
    '{ cel: ["object.metadata.name.matches(\'^w.b$\')", "object.status.conditions.exists(c, c.type == \'Available\')"] }',
  ],
  ['{ cel: object.status.readyReplicas > 3 }', 'object.status.readyReplicas > 3 is false'],
  ['{ cel: object.status.lostReplicas > 3 }', 'No such key: lostReplicas'],
  ['{ cel: "object.metadata.name.matches(\'(a\')" }', 'missing closing )'],
]

const rows: readonly Row[] = [
  ...selecting,
  ...comparing.map(([claims, found]): Row => {
    const row = claims.replace('{ ', '{ object: deploy/web, ')
    return found === undefined ? [row] : [row, found]
  }),
]

const text = `title: several
cluster: { nodes: 2 }
steps:
  - run: |
      kubectl create secret generic db --from-literal=password=first
      kubectl label secret db kind=password
      kubectl run lone --image=busybox --restart=Never --labels=app=api -- sh -c 'echo up; sleep 9999'
      kubectl create service clusterip web --tcp=80
  - apply:
      apiVersion: apps/v1
      kind: Deployment
      metadata: { name: web, labels: { app: web } }
      spec:
        replicas: 3
        selector: { matchLabels: { app: web } }
        template:
          metadata: { labels: { app: web } }
          spec:
            containers:
              - name: app
                image: nginx
                resources: { limits: { memory: 64Mi } }
                env: [{ name: PASSWORD, valueFrom: { secretKeyRef: { name: db, key: password } } }]
                volumeMounts: [{ name: db, mountPath: /etc/db }, { name: db, mountPath: /etc/again }]
            volumes: [{ name: db, secret: { secretName: db } }]
  - wait: { pods: "*", ready: true, count: 4, within: 2m }
  - exec: cat /etc/db/password
    in: deploy/web
    output: { stdout: first }
  - exec: ls
    in: { app: nobody }
    continue: true
  - after: 1s
    say: all that is looked at, once the Deployment knows of its Pods
    expect:
${rows.map(([row]) => `      - ${row}`).join('\n')}
`

describe('an expectation', () => {
  const loaded = loadScenario(text, 'x.yaml', { readBeside: () => undefined })
  if (!loaded.ok) throw new Error(loaded.errors.map(({ message, range }) => `${range[0]}: ${message}`).join('\n'))
  const { steps } = runScenario(loaded.value, { createSim, reveal: true })

  test('waits for each of a selection', () => {
    expect(steps[2]?.expectations).toMatchObject([{ passed: true }])
  })

  test('a command runs in one container of an owner, as kubectl chooses it; in none of nobody', () => {
    expect(steps[3]).toMatchObject({
      problem: undefined,
      mismatches: [],
      action: expect.stringContaining('kubectl exec deploy/web --'),
    })
    expect(steps[4]?.problem).toBe('there is no Pod of app=nobody')
  })

  test.each(rows.map(([row, found], i) => ({ row, found, i })))('$row', ({ found, i }) => {
    const result = steps[5]?.expectations[i]
    // A phrase is never lost on the way.
    expect(result?.expected).toMatch(/^\S/)
    if (found === undefined) expect(result, result?.found).toMatchObject({ passed: true })
    else expect(result).toMatchObject({ passed: false, found: expect.stringContaining(found) })
  })
})
