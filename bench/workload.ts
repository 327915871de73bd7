import type { Sim } from '../src/index.ts'

/** Pods `from` to `to`, each with a Secret of its own that it mounts. */
export function podsWithSecrets(from: number, to: number): readonly object[] {
  const objects: object[] = []
  for (let i = from; i < to; i++) {
    objects.push(
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: `s${i}` }, stringData: { a: 'b' } },
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: `p${i}` },
        spec: {
          containers: [
            {
              name: 'c',
              image: 'busybox',
              command: ['sleep', '8640000'],
              volumeMounts: [{ name: 'v', mountPath: '/s' }],
            },
          ],
          volumes: [{ name: 'v', secret: { secretName: `s${i}` } }],
        },
      },
    )
  }
  return objects
}

/** Nodes for so many Pods: 50 each, at least 20. */
export function nodesFor(pods: number): number {
  return Math.max(20, Math.ceil(pods / 50))
}

/** Lets time pass until all of `count` Pods run. */
export function untilRunning(sim: Sim, count: number): void {
  for (let halfMinutes = 0; halfMinutes < 30; halfMinutes++) {
    sim.runFor('30s')
    if (sim.list('Pod').filter(isRunning).length === count) return
  }
  throw new Error('some Pods never run')
}

function isRunning(pod: object): boolean {
  return 'status' in pod && (pod.status as { readonly phase?: string }).phase === 'Running' // a Pod's status
}
