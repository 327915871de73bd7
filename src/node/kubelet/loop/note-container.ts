import type { KubeletContext } from '../context.ts'
import { latestContainer } from '../pods/runtime-status.ts'

/** What became of a container without the kubelet, or before it was there, is noted in the container's life. */
export function noteContainer({ pleg, pods, containers }: KubeletContext, podUid: string, id: string): void {
  const pod = pods.get(podUid)
  const seen = pleg.get(podUid)
  const found = seen.containers.find((one) => one.id === id)
  // Sandboxes are told of, too; and of a name the latest attempt counts.
  if (pod === undefined || found === undefined || latestContainer(seen, found.config.name) !== found) return
  const life = containers.of(pod, found.config.name)
  life.id ??= id
  if (life.id !== id) return
  if (found.state === 'running' && life.state !== 'running') life.started(id)
  if (found.state === 'exited') life.send('exited')
}
