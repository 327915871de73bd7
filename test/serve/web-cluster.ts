import { type Serving, serving } from './serving.ts'

/** Serves a cluster whose clock goes on ten times as fast as the wall's, with a Pod `web` that serves. */
export async function webCluster(): Promise<Serving> {
  const server = await serving({ nodes: 1 }, { clock: 'wall', speed: 10 })
  server.served.sim.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', labels: { app: 'web' } },
    spec: { containers: [{ name: 'c', image: 'nginx' }] },
  })
  server.served.sim.settle()
  return server
}

/** A Pod that says three lines, one a second, and ends. */
export const speaker = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: {
    restartPolicy: 'Never',
    containers: [
      { name: 'c', image: 'busybox', command: ['sh', '-c', 'for i in 1 2 3; do echo line $i; sleep 1; done'] },
    ],
  },
})
