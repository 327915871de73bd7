import { filter, map } from 'rxjs'
import { describe, expect, test } from 'vitest'
import {
  attempt,
  type Client,
  createSim,
  firstOf,
  hear,
  type RequestError,
  resources,
  type Steps,
  sleep,
  wait,
} from '../../src/index.ts'

const secret = (name: string) => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData: { a: 'b' } })

/** Keeps every Secret of the default namespace labelled, as a controller would. */
function* labelSecrets(client: Client, log: string[]): Steps<never> {
  const listed = yield* attempt(client.list(resources.secrets, { namespace: 'default' }))
  let resourceVersion = (listed.ok && listed.value.metadata.resourceVersion) || '0'
  for (;;) {
    const watch = client.watch(resources.secrets, { namespace: 'default', resourceVersion })
    const added = yield* wait(
      hear(watch, (news) => {
        if (news.type === 'OPENED' || news.type === 'ERROR') return undefined
        resourceVersion = news.object.metadata.resourceVersion ?? resourceVersion
        return news.type === 'ADDED' ? news.object.metadata.name : undefined
      }),
    )
    if (added === undefined) continue
    const patch = { metadata: { labels: { seen: 'yes' } } }
    const key = { namespace: 'default', name: added }
    const patched = yield* attempt(client.patch(resources.secrets, key, 'application/merge-patch+json', patch))
    log.push(`${added} ${patched.ok ? 'labelled' : 'refused'}`)
  }
}

describe('a cluster as streams', () => {
  test('U1 a controller of one’s own is a process with a client; ended, it does nothing more', () => {
    const sim = createSim({ seed: 'own controller' })
    const log: string[] = []
    const controller = sim.process(() => labelSecrets(sim.client(), log)).subscribe()
    sim.runFor('1s')
    sim.apply(secret('first'))
    sim.runFor('1s')
    sim.apply(secret('second'))
    sim.runFor('1s')
    controller.unsubscribe()
    sim.apply(secret('third'))
    sim.runFor('1s')
    expect(log).toEqual(['first labelled', 'second labelled'])
    expect(sim.get('Secret', 'first')?.metadata.labels).toEqual({ seen: 'yes' })
    expect(sim.get('Secret', 'third')?.metadata.labels).toBeUndefined()
  })

  test('U3 the README’s controller deletes the Pod once its Secret has changed', () => {
    function* restartOnRotation(client: Client): Steps<void> {
      const { metadata } = yield* wait(client.get(resources.secrets, { namespace: 'default', name: 'db' }))
      const { resourceVersion = '0' } = metadata
      const watch = client.watch(resources.secrets, { fieldSelector: 'metadata.name=db', resourceVersion })
      yield* wait(hear(watch, (news) => (news.type === 'MODIFIED' ? news.object : undefined)))
      yield* attempt(client.delete(resources.pods, { namespace: 'default', name: 'app' }))
    }
    const sim = createSim({ seed: 'rotation' })
    const containers = [{ name: 'app', image: 'busybox', command: ['sleep', '3600'] }]
    sim.apply(secret('db'), { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'app' }, spec: { containers } })
    sim.process(() => restartOnRotation(sim.client())).subscribe()
    sim.runFor('1m')
    expect(sim.get('Pod', 'app')?.metadata.deletionTimestamp).toBeUndefined()
    sim.apply({ ...secret('db'), stringData: { a: 'new' } })
    sim.runFor('1m')
    expect(sim.get('Pod', 'app')).toBeUndefined()
  })

  test('S5 a client acts as the user it is made for, and takes virtual time', () => {
    const sim = createSim({ seed: 'user' })
    let refusal: RequestError | undefined
    function* ask(): Steps<void> {
      const reply = yield* attempt(sim.client({ as: 'jane' }).list(resources.secrets, { namespace: 'default' }))
      if (!reply.ok) refusal = reply.error
    }
    sim.process(ask).subscribe()
    expect(refusal).toBeUndefined()
    sim.runFor('1s')
    expect(refusal).toMatchObject({ kind: 'status', status: { code: 403 } })
  })

  test('L6 an outage ends a watch with why', () => {
    const sim = createSim({ seed: 'outage' })
    const heard: string[] = []
    sim
      .client()
      .watch(resources.secrets, {})
      .pipe(
        filter((news) => news.type === 'OPENED'),
        map(({ type }) => type),
      )
      .subscribe({ next: (type) => heard.push(type), error: (error) => heard.push(error.message) })
    sim.runFor('1s')
    sim.fault({ apiServer: 'unreachable' })
    sim.runFor('1s')
    expect(heard).toEqual(['OPENED', 'unexpected EOF'])
  })

  test('records of the journal are a stream', () => {
    const sim = createSim({ seed: 'records' })
    const created: string[] = []
    const hearing = sim.journal.records$
      .pipe(filter(({ type, object }) => type === 'object.created' && object?.kind === 'Secret'))
      .subscribe(({ object }) => created.push(object?.name ?? ''))
    sim.apply(secret('a'))
    hearing.unsubscribe()
    sim.apply(secret('b'))
    expect(created).toEqual(['a'])
  })

  test('a bug of a listener ends the call that it happened in, whether time runs or not', () => {
    const sim = createSim({ seed: 'bug' })
    sim.journal.records$.pipe(filter(({ object }) => object?.name === 'a')).subscribe(() => {
      throw new Error('a bug of mine')
    })
    expect(() => sim.apply(secret('a'))).toThrow('a bug of mine')
  })

  test('a race of two processes ends the slower one', () => {
    const sim = createSim({ seed: 'race' })
    function* inMs(ms: number): Steps<number> {
      yield* sleep(ms)
      return sim.now()
    }
    const answers: number[] = []
    firstOf(
      sim.process(() => inMs(500)),
      sim.process(() => inMs(200)),
    ).subscribe((at) => answers.push(at ?? -1))
    sim.runFor('1s')
    expect(answers).toEqual([200])
  })
})
