const serviceAccountPrefix = 'system:serviceaccount:'

/** Controllers of somebody's own that act as no ServiceAccount have users of this form. */
const ownControllerPrefix = 'controller:'

/** The user of a controller of somebody's own. */
export function controllerUserName(controller: string): string {
  return `${ownControllerPrefix}${controller}`
}

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
  if (userName.startsWith(ownControllerPrefix)) return `controller/${userName.slice(ownControllerPrefix.length)}`
  return `user/${userName}`
}
