import { describe, expect, test } from 'vitest'
import { createTeller } from '../../../src/report/story.ts'
import { cluster, namespace, pod, run, service, web } from './network-world.ts'

/** Of which one can ask why. */
const askable = (objects: readonly object[]) => cluster(objects, { journal: 'full' })

const never = { exec: { command: ['false'] } }
/** A Pod whose init container waits. */
const waiting = (command: string, image = 'busybox:1.31') =>
  pod('web', {
    initContainers: [{ name: 'wait', image, command: ['sh', '-c', `until ${command}; do sleep 2; done`] }],
    containers: [{ name: 'app', image: 'nginx' }],
  })
const unready = (name: string, app: string) =>
  pod(name, { containers: [{ name: 'a', image: 'nginx', readinessProbe: never }] }, { app })

describe('why says what a container waits for', () => {
  test.each<readonly [command: string, objects: readonly object[], wish: string]>([
    ['nc -z db 5432', [], 'db:5432: no address is found for the name, for there is no Service db in namespace default'],
    ['nc -z db.prod 5432', [], 'db.prod:5432: no address is found for the name, for there is no namespace prod'],
    [
      'nc -z db.prod 5432',
      [namespace('prod')],
      'db.prod:5432: no address is found for the name, for there is no Service db in namespace prod',
    ],
    [
      'nc -z db 80',
      [service('db')],
      'db:80: the connection is refused, for Service default/db has no endpoints: no Pod of namespace default has app=db',
    ],
    [
      'wget -qO- db',
      [service('db'), unready('db-0', 'db'), unready('db-1', 'db')],
      'db:80: the connection is refused, for Service default/db has no endpoints: Pods db-0, db-1 are not ready',
    ],
    [
      'wget -qO- db',
      [service('db', { selector: undefined })],
      'db:80: the connection is refused, for Service default/db has no endpoints: it selects no Pods, and nobody else gives it any',
    ],
    [
      'nc -w 1 -z db 81',
      [service('db'), web('db-0', 'db')],
      'db:81: nothing answers, for Service default/db has no port 81; it has 80',
    ],
    [
      'nc -z db 80',
      [service('db', { ports: [{ port: 80, targetPort: 8080 }] }), web('db-0', 'db')],
      'db:80: the connection is refused, for nothing listens on port 8080 of Pod db-0',
    ],
    [
      'nc -z db 80',
      [service('db', { ports: [{ port: 80, targetPort: 'http' }] }), web('db-0', 'db')],
      'db:80: the connection is refused, for Service default/db has no endpoints: Pod db-0 has no port named http',
    ],
    [
      'nslookup db',
      [service('db', { clusterIP: 'None' }), unready('db-0', 'db')],
      'db: no address is found for the name, for Service default/db has no endpoints: Pod db-0 is not ready',
    ],
    [
      'nslookup db',
      [service('db')],
      'db: the name is found, but nslookup fails, for it asks for the name in each domain of the search list, and not all have it',
    ],
    [
      'nslookup db.default',
      [service('db')],
      'db.default: no address is found for the name, for Service default/db is there, but not under the name that was asked for, without the search list',
    ],
  ])('%s, %#', (command, objects, wish) => {
    const sim = askable([...objects, waiting(command)])
    expect(sim.kubectl('get pod web --no-headers').stdout).toMatch(/Init:0\/1/)
    expect(sim.why('pod/web').details).toEqual([`init container wait wants ${wish}`])
  })

  test('an answer that is an error, of a container that runs', () => {
    const sim = askable([
      service('api', { ports: [{ port: 8080 }] }),
      pod(
        'api-0',
        {
          containers: [
            { name: 'a', image: 'podsim/password-server', env: [{ name: 'P', value: 'x' }], args: ['--env=P'] },
          ],
        },
        { app: 'api' },
      ),
      pod('asks', {
        containers: [
          { name: 'c', image: 'busybox', command: ['sh', '-c', 'while :; do wget -qO- api:8080; sleep 5; done'] },
        ],
      }),
    ])
    expect(sim.why('pod/asks').details).toEqual(['container c wants api:8080: the answer is 401'])
  })

  test('nothing once it is there', () => {
    const sim = askable([service('db'), waiting('nc -z db 80')])
    sim.apply(web('db-0', 'db'))
    sim.runFor('30s')
    expect(sim.why('pod/web').details).toEqual([])
  })
})

describe('the journal tells what is news', () => {
  test('once that it fails, once that it does not any more, with words for the story', () => {
    const sim = askable([service('db'), waiting('nc -z db 80')])
    sim.apply(web('db-0', 'db'))
    sim.runFor('30s')
    const records = sim.journal.records.filter(({ type }) => type.startsWith('network.'))
    const tell = createTeller()
    expect(records.map((record) => [record.type, record.actor, tell(record)?.text])).toEqual([
      [
        'network.failed',
        'runtime/node-1',
        'container wait of pod default/web wants db:80: the connection is refused, for Service default/db has no endpoints: no Pod of namespace default has app=db',
      ],
      ['network.reached', 'runtime/node-1', 'container wait of pod default/web reaches db:80'],
    ])
    expect(records.every(({ cause }) => cause > 0)).toBe(true)
  })
})

describe('what is taken for granted is told', () => {
  test('a port that somebody connected to, of a program that nobody knows', () => {
    const sim = askable([
      service('db'),
      pod('db-0', { containers: [{ name: 'a', image: 'corp/db', ports: [{ containerPort: 80 }] }] }, { app: 'db' }),
    ])
    const told = () => sim.assumptions().map(({ message }) => message)
    expect(told()).toHaveLength(1)
    expect(run(sim, 'nc -z db 80; wget -qO- db')).toEqual([])
    expect(told()[1]).toBe(
      'image corp/db: it is taken to listen on port 80, and to answer requests there with 200 and nothing',
    )
  })
})
