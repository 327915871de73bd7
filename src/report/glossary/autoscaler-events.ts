import type { TermFacts } from './term.ts'

const file = 'pkg/controller/podautoscaler/horizontal.go'
const byMetrics = `${file}, computeReplicasForMetrics`
const bySelector = `${file}, validateAndParseSelector`

/** A metric that an autoscaler asks for and nobody has. */
const noMetric = (means: string): TermFacts => ({
  means,
  when: 'podsim has no metrics, as a cluster without metrics-server has none: the message is what was asked and what came of it.',
  source: byMetrics,
  related: ['FailedComputeMetricsReplicas'],
})

/** Reasons of Events, and of conditions, that the controller of HorizontalPodAutoscalers has. */
export const autoscalerEvents: Readonly<Record<string, TermFacts>> = {
  FailedGetScale: {
    means: 'An autoscaler could not read how many Pods its target wants: there is no such object, or it has no scale.',
    source: `${file}, reconcileAutoscaler`,
    related: ['FailedRescale'],
  },
  FailedRescale: {
    means: 'An autoscaler could not give its target another number of Pods; the message is what the API server said.',
    source: `${file}, reconcileAutoscaler`,
    related: ['SuccessfulRescale'],
  },
  SuccessfulRescale: {
    means: 'An autoscaler gave its target another number of Pods; the message has the number and the reason.',
    source: `${file}, reconcileAutoscaler`,
    related: ['FailedRescale', 'ScalingReplicaSet'],
  },
  FailedUpdateStatus: {
    means: 'An autoscaler could not write down what it found; the message is what the API server said.',
    source: `${file}, updateStatus`,
  },
  FailedComputeMetricsReplicas: {
    means: 'None of the metrics of an autoscaler could be had, so that it leaves the number of Pods as it is.',
    source: `${file}, computeReplicasForMetrics`,
    related: ['FailedGetResourceMetric'],
  },
  FailedGetResourceMetric: noMetric('How much CPU or memory the Pods of an autoscaler use could not be had.'),
  FailedGetContainerResourceMetric: noMetric(
    'How much CPU or memory one container of the Pods of an autoscaler uses could not be had.',
  ),
  FailedGetPodsMetric: noMetric('A metric of the Pods of an autoscaler could not be had.'),
  FailedGetObjectMetric: noMetric('A metric of an object that an autoscaler names could not be had.'),
  FailedGetExternalMetric: noMetric(
    'A metric from outside of the cluster, which an autoscaler names, could not be had.',
  ),
  SelectorRequired: {
    means: 'The target of an autoscaler says of no Pods that they are its own, so that nothing can be measured.',
    source: bySelector,
    related: ['InvalidSelector'],
  },
  InvalidSelector: {
    means: 'The selector with which the target of an autoscaler finds its Pods cannot be read.',
    source: bySelector,
    related: ['SelectorRequired'],
  },
  AmbiguousSelector: {
    means: 'The Pods of an autoscaler are those of another, too, so that neither scales.',
    source: bySelector,
    related: ['InvalidSelector'],
  },
}
