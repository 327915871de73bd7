import { createSim, type Duration, type Sim } from '../../../src/index.ts'

/** Small objects of the tests of the network; all in namespace default unless told. */
export const service = (name: string, spec: object = {}, namespace = 'default') => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace },
  spec: { selector: { app: name }, ports: [{ port: 80 }], ...spec },
})

/** A Pod that is killed a second after it is told to end. */
export const pod = (name: string, spec: object, labels: object = {}, namespace = 'default') => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace, labels },
  spec: { terminationGracePeriodSeconds: 1, ...spec },
})

/** Pod `name` of nginx with label app. */
export const web = (name: string, app: string, spec: object = {}) =>
  pod(name, { containers: [{ name: 'web', image: 'nginx' }], ...spec }, { app })

/** A namespace. */
export const namespace = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })

/** A cluster with a Pod `client` of busybox 1.31, and what else is given, 20 s on. It keeps no journal unless it is told to. */
export function cluster(objects: readonly object[], options: Parameters<typeof createSim>[0] = {}): Sim {
  const sim = createSim({ version: 'v1.30', seed: 'network', journal: 'off', ...options })
  sim.apply(
    ...objects,
    pod('client', { containers: [{ name: 'sh', image: 'busybox:1.31', command: ['sleep', '1d'] }] }),
  )
  sim.runFor('20s')
  return sim
}

/** What a command in the Pod `client` writes, errors after it, and the code if it is not 0. */
export function run(sim: Sim, script: string, target: { readonly pod: string } = { pod: 'client' }): readonly string[] {
  const { stdout, stderr, exitCode } = sim.exec(target, ['sh', '-c', script])
  const lines = `${stdout}${stderr}`.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return exitCode === 0 ? lines : [...lines, `= ${exitCode}`]
}

/** How a Pod of its own runs a script. */
interface Task {
  /** Default: busybox 1.31. */
  readonly image?: string
  /** How long it is waited for. */
  readonly within?: Duration
}

/** The log of a Pod that runs a script in its own time, and the code at the end. */
export function logOf(
  sim: Sim,
  script: string,
  { image = 'busybox:1.31', within = '10m' }: Task = {},
): readonly string[] {
  const name = `task-${sim.list('Pod').length}`
  const container = { name: 'sh', image, command: ['sh', '-c', `${script}\necho "= $?"`] }
  sim.apply(pod(name, { restartPolicy: 'Never', containers: [container] }))
  sim.runFor(within)
  return sim.logs({ pod: name }).trimEnd().split('\n')
}
