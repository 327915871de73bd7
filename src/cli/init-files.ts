/** Files that `podsim init` writes. */

/** A scenario that passes, and says what to try next. Its first line tells editors where the schema is. */
export const firstScenario = `# yaml-language-server: $schema=podsim.schema.json
title: A rotated password reaches the files, but not the environment
description: >
  A Pod has a Secret in a volume and in a variable. The Secret is changed, and each shows what it sees of that.
  Try next: what happens with \`kubelet: { configMapAndSecretChangeDetectionStrategy: Cache }\`?
cluster:
  nodes: 1
  kubelet: { configMapAndSecretChangeDetectionStrategy: Watch }
steps:
  - say: The Secret first, then a Pod that takes it in two ways.
    kubectl: create secret generic db --from-literal=password=old
  - apply:
      apiVersion: v1
      kind: Pod
      metadata: { name: app }
      spec:
        containers:
          - name: app
            image: nginx
            env: [{ name: PASSWORD, valueFrom: { secretKeyRef: { name: db, key: password } } }]
            volumeMounts: [{ name: db, mountPath: /etc/db }]
        volumes: [{ name: db, secret: { secretName: db } }]
  - wait: { pod: app, ready: true }
  - at: 5m
    say: Somebody rotates the password.
    run: kubectl create secret generic db --from-literal=password=new --dry-run=client -o yaml | kubectl apply -f -
  - expect:
      # At the latest after a sync period of the kubelet, which is drawn from 60 to 90 s.
      - { file: /etc/db/password, in: app, content: new, within: 91s }
      # Fixed when the container was made: only a new container sees the new value.
      - { env: PASSWORD, in: app, value: old }
`

/** A test file: each scenario beside it, and one thing said in TypeScript. */
export const firstTest = `import { expect, scenarioTests, test } from 'podsim/vitest'

// Each scenario file is a test, here with three seeds.
scenarioTests('scenarios/**/*.yaml', { seeds: [1, 2, 3] })

test('a Pod waits for its Secret, and starts by itself once it is there', ({ createSim }) => {
  const sim = createSim({ seed: 'waits' })
  const container = { name: 'app', image: 'nginx', volumeMounts: [{ name: 'db', mountPath: '/etc/db' }] }
  const volumes = [{ name: 'db', secret: { secretName: 'db' } }]
  sim.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'app' }, spec: { containers: [container], volumes } })
  sim.runFor('10s')
  expect(sim).toBeWaiting('app', { for: 'ContainerCreating' })
  expect(sim).toHaveEvent({ reason: 'FailedMount', message: 'secret "db" not found' })
  sim.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db' }, stringData: { password: 'x' } })
  sim.settle()
  expect(sim).toBeReady('app')
  expect(sim).toHaveFile('app', '/etc/db/password', 'x')
})
`
