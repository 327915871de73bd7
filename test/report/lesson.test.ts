import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/index.ts'
import { failuresOf, failureText } from '../../src/report/failures.ts'
import { resultJson } from '../../src/report/json.ts'
import { createTeacher } from '../../src/report/lesson.ts'
import { failuresText } from '../../src/report/pretty.ts'
import { createPaint } from '../../src/report/text.ts'
import { loadScenario } from '../../src/scenario/load.ts'
import { runScenario } from '../../src/scenario/run.ts'

/** A failure teaches: where it stands, what differs, what is the matter, what happened last. */

const text = `title: fails in many ways
steps:
  - kubectl: create secret generic db --from-literal=password=swordfish
  - run: printf 'one\\ntwo\\n' > f && kubectl create configmap c --from-file=f
  - apply:
      apiVersion: v1
      kind: Pod
      metadata: { name: app }
      spec:
        containers:
          - name: app
            image: nginx
            env: [{ name: PASSWORD, valueFrom: { secretKeyRef: { name: db, key: password } } }]
            volumeMounts: [{ name: db, mountPath: /etc/db }, { name: c, mountPath: /etc/c }]
        volumes: [{ name: db, secret: { secretName: db } }, { name: c, configMap: { name: c } }]
  - wait: { pod: app, ready: true }
  - kubectl: get pods
    output: { stdout: "NAME   READY   STATUS    RESTARTS   AGE\\napp    0/1     Running   0          4s\\n" }
  - at: 5m
    run: kubectl create secret generic db --from-literal=password=hunter22 --dry-run=client -o yaml | kubectl apply -f -
  - expect:
      - { env: PASSWORD, in: app, value: hunter22, because: somebody thought so }
      - { file: /etc/db/password, in: app, content: swordfish, always: 2m }
      - { pod: appp, ready: true }
      - { pod: app, phase: Failed }
  - expect: { file: /etc/c/f, in: app, content: "one\\nthree\\n" }
`
const loaded = loadScenario(text, 'many.yaml', { readBeside: () => undefined })
if (!loaded.ok) throw new Error(JSON.stringify(loaded.errors))
const result = runScenario(loaded.value, { createSim, teach: createTeacher(() => text) })
const shown = failuresText(result, createPaint(false)).toString()
/** What is told of the failure whose head begins so. */
const told = (head: string): string => {
  const [, rest = ''] = shown.split(`✗ ${head}`)
  return rest.split('\n              ✗')[0] ?? ''
}

describe('a failure', () => {
  test('shows the lines of the file around it with a caret, values masked there too', () => {
    expect(told('variable PASSWORD of app')).toMatch(
      /many.yaml:22:9\n {18}found: it is <9 bytes, \w+>\n {18}because somebody thought so\n {20}20 \|.*\n {20}21 \|.*\n {18}> 22 \| {7}- \{ env: PASSWORD, in: app, value: <8 bytes, \w+>,.*\n {23}\| {9}\^+\n {20}23 \|/,
    )
    expect(shown).not.toMatch(/swordfish|hunter22/)
  })

  test('of an output or a file shows by lines what differs', () => {
    expect(told('stdout of kubectl get pods')).toMatch(
      /many.yaml:17:5\n {20}NAME {3}READY .*\n {18}- app {4}0\/1 .*\n {18}\+ app {4}1\/1 .*\n {20}15 \|/,
    )
    expect(told('file /etc/c/f in app')).toMatch(/\n {20}one\n {18}- three\n {18}\+ two\n/)
  })

  test('U4 says which revision a place sees and why no newer one', () => {
    expect(told('variable PASSWORD of app')).toMatch(
      /why: secret db: pod app, \/etc\/db sees revision A since [\d:.]+, not yet the newest\n {23}secret db: pod app, env PASSWORD sees revision A since [\d:.]+: the environment is fixed when the container is created, until the container is made anew\n/,
    )
  })

  test('U1 of what broke while it must hold: the last that touched it, writes of what it uses among them', () => {
    const [, last = ''] = told('file /etc/db/password in app').split('last:\n')
    expect(last).toMatch(/00:05:00.\d{3} {2}user\/admin {6}updates secret default\/db: password changed\n/)
    expect(last).toMatch(
      /kubelet\/node-1 {2}pod default\/app sees secret db in volume db, [\dm.]+s after it was written/,
    )
    expect(last.trimEnd().split('\n').length).toBeLessThanOrEqual(5)
  })

  test('about what is not there says what may have been meant; that something is well is no news', () => {
    expect(told('pod appp is ready')).toContain(
      'why: there is no pod default/appp, and there never was; did you mean app?',
    )
    expect(told('pod app is Failed')).not.toContain('is Running and ready')
  })

  test('tells the same to every reporter', () => {
    const failure = failuresOf(result).find(({ what }) => what.startsWith('file /etc/db/password'))
    expect(failure === undefined ? '' : failureText(failure)).toMatch(
      /^found .*\n[\s\S]*last:\n[\s\S]* {2}00:05:00.\d{3} user\/admin: updates secret default\/db: password changed/,
    )
    const { failures } = JSON.parse(resultJson(result, 1).toString()) as { readonly failures: readonly object[] } // its own form
    expect(failures).toContainEqual(
      expect.objectContaining({
        at: 'many.yaml:22:9',
        why: expect.arrayContaining([expect.stringContaining('the environment is fixed')]),
        touched: expect.arrayContaining([expect.objectContaining({ actor: 'user/admin' })]),
      }),
    )
  })
})
