/** What the controllers tell the journal beside what they do through the API server. */
export const controllerRecords = {
  'controller-manager.started': 'kube-controller-manager begins, with nothing in its memory',
  'controller-manager.stopped': 'kube-controller-manager ends as if it had crashed',
  'controller.paused': 'a controller works on nothing until it is resumed',
  'controller.resumed': 'a paused controller goes on with what it was told of meanwhile',
} as const
