const serviceAccountPrefix = 'system:serviceaccount:'

const actors = new Map<string, string>([
  ['system:kube-scheduler', 'scheduler'],
  ['system:kube-controller-manager', 'controller-manager'],
  ['system:apiserver', 'apiserver'],
])

/** The journal's name for who makes a request: `user/admin`, `kubelet/node-1`, `scheduler`, `controller/replicaset`. */
export function actorOf(userName: string): string {
  let actor = actors.get(userName)
  if (actor === undefined) {
    actor = nameActor(userName)
    actors.set(userName, actor)
  }
  return actor
}

function nameActor(userName: string): string {
  if (userName.startsWith('system:node:')) return `kubelet/${userName.slice('system:node:'.length)}`
  if (userName.startsWith(serviceAccountPrefix)) {
    const [namespace = '', name = ''] = userName.slice(serviceAccountPrefix.length).split(':')
    return namespace === 'kube-system'
      ? `controller/${name.replace(/-controller$/, '')}`
      : `serviceaccount/${namespace}/${name}`
  }
  return `user/${userName}`
}
