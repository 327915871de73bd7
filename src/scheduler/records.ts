/** What the scheduler tells the journal. */
export const schedulerRecords = {
  'pod.assumed': 'The scheduler chose a node and goes on as if the Pod were there. Detail: node, feasible nodes.',
  'pod.unschedulable': 'No node fits. Detail: the message of the event and the condition.',
  'pod.preempting': 'The scheduler deletes Pods of lower priority to make room. Detail: node, victims.',
  'pod.binding-rejected': 'The API server refused the binding. Detail: the message.',
} as const
